/** Answers from an opened snapshot, and the live state that changes between two snapshots. */
package dev.kindred.engine.serve;
