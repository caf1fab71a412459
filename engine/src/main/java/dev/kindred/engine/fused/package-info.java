/**
 * One index over the vectors of all channels side by side: with it a score at any weights is, up to
 * a constant, one inner product, so that related items are found without a candidate list.
 */
package dev.kindred.engine.fused;
