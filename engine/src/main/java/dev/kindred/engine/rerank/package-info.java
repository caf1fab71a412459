/**
 * What happens to a scored list before it is shown: attribute filters, editors' rules, freshness,
 * diversity and exploration, each off unless asked for.
 *
 * <p>It knows neither the models nor the snapshot: it takes items as ordinals with scores, and asks
 * {@link dev.kindred.engine.rerank.ItemAttributes} and {@link
 * dev.kindred.engine.rerank.ItemSimilarity} about them. Related lists and personal ones end here.
 */
package dev.kindred.engine.rerank;
