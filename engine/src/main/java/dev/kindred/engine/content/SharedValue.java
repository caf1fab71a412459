package dev.kindred.engine.content;

/**
 * A profile value that two items have in common. Immutable.
 *
 * @param field name of the profile field, such as {@code actors}
 * @param value as the catalogue writes it
 */
public record SharedValue(String field, String value) {}
