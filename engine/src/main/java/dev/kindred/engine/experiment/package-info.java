/**
 * Live experiments in a simulated {@link dev.kindred.engine.world.World}: users are shown the lists
 * of several recommenders, and what they then do is compared.
 */
package dev.kindred.engine.experiment;
