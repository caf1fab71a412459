/** Counters and histograms, and the text in which Prometheus reads them. */
package dev.kindred.app.metrics;
