/** Metrics of rankings and predictions, and the baselines they are read against. */
package dev.kindred.engine.eval;
