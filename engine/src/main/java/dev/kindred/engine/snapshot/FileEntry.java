package dev.kindred.engine.snapshot;

/**
 * A file of a snapshot as its manifest lists it. Immutable.
 *
 * @param name plain file name in the snapshot's directory
 * @param bytes length of the file
 * @param crc32c CRC32C (Castagnoli) of all its bytes, header and block table included
 */
public record FileEntry(String name, long bytes, int crc32c) {}
