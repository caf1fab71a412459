/** A look at a log before anything is trained on it. */
package dev.kindred.engine.inspect;
