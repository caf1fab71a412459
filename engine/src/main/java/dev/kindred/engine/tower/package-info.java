/**
 * Two-tower networks, one per objective: a user and an item tower whose outputs meet as a cosine;
 * the item tower's outputs are the non-linear item vectors of that objective.
 */
package dev.kindred.engine.tower;
