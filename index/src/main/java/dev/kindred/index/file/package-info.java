/**
 * The envelope of every binary Kindred file: checked header, body in place, checksums per block.
 */
package dev.kindred.index.file;
