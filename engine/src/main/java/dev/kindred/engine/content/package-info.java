/**
 * Candidate lists: which items may be related to which at all.
 *
 * <p>With a catalogue they come from the profiles (an exact similarity join over all pairs, the
 * content gate of the pipeline); without one from co-occurrence and from factor neighbours. Every
 * candidate says where it came from.
 */
package dev.kindred.engine.content;
