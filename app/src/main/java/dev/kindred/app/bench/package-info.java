/** Measures a snapshot as a server would use it, and makes large ones to measure. */
package dev.kindred.app.bench;
