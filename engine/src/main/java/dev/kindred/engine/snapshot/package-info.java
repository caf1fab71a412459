/** Snapshots: immutable directories of checked files, published by renaming, opened in place. */
package dev.kindred.engine.snapshot;
