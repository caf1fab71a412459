/**
 * The Coordinating Network: which samples of the log may teach which objective, so that clicks by
 * mistake and the like don't.
 */
package dev.kindred.engine.coordinate;
