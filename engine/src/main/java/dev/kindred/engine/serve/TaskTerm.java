package dev.kindred.engine.serve;

/**
 * What a task of the ranker adds to a score. Immutable.
 *
 * @param task name of the objective
 * @param value what the ranker predicts: a chance, or a strength such as the share watched
 * @param weight of the task in this request
 * @param term the value times the weight, negative if the objective's polarity is
 */
public record TaskTerm(String task, float value, double weight, float term) {}
