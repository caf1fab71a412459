/** Implicit alternating least squares: the linear half of every objective. */
package dev.kindred.engine.als;
