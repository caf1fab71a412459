/** Nearest neighbours over memory-mapped embeddings. */
package dev.kindred.index;
