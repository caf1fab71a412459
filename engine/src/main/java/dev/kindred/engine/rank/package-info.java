/**
 * The personalised path: retrieval of some hundred candidates from several sources, and a
 * multi-task network that ranks them (Covington et al., "Deep neural networks for YouTube
 * recommendations", RecSys 2016; Zhao et al., "Recommending what video to watch next", RecSys
 * 2019).
 *
 * <p>{@link RankTrainer} learns both from a log, {@link RankFiles} writes them into a snapshot, and
 * {@link Ranking} is what an opened snapshot serves from.
 */
package dev.kindred.engine.rank;
