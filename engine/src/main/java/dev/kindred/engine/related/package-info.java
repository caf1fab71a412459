/**
 * Merging and ranking: from item vectors per objective and candidate lists to the related lists.
 *
 * <p>Per objective the linear and the non-linear similarity of a pair are merged, objectives are
 * weighed and summed, dislike subtracts, and the top N of an item's candidates are its related
 * items. Every score comes with the terms that it is the sum of.
 */
package dev.kindred.engine.related;
