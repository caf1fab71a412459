/**
 * What goes in: event logs, catalogues and splits, read into columns of primitives with ids turned
 * into ordinals.
 */
package dev.kindred.engine.data;
