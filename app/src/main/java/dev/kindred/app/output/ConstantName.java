package dev.kindred.app.output;

import java.util.Locale;

/**
 * Spells a constant as users read and write it, {@code content-relaxed} for {@code
 * CONTENT_RELAXED}: the same in settings, in JSON of the command line and over HTTP. Stateless.
 */
public final class ConstantName {
  private ConstantName() {}

  /** In lower case, with dashes between words. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
