/** The pipeline: from a log and a catalogue through every stage to a snapshot. */
package dev.kindred.engine;
