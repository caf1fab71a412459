package dev.kindred.engine.inspect;

/**
 * A column that tells an objective's label, so that a model that reads it knows the answer.
 * Immutable.
 *
 * @param column of the log
 * @param objective whose label it tells
 * @param how in words
 */
public record Leak(String column, String objective, String how) {}
