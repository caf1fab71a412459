package dev.kindred.engine.inspect;

import java.util.Objects;

/**
 * One thing to know about the input, and what to do about it. Immutable.
 *
 * @param level how bad it is
 * @param about what it is about: time order, noise, leakage
 * @param says what was found
 * @param remedy what to do; empty if nothing needs to be done
 */
public record Finding(Level level, String about, String says, String remedy) {
  /** How bad a finding is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Good to know. */
    NOTE,
    /** Spoils results if nothing is done. */
    WARNING
  }

  public Finding {
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(about, "about");
    Objects.requireNonNull(says, "says");
    Objects.requireNonNull(remedy, "remedy");
  }

  static Finding ok(String about, String says) {
    return new Finding(Level.OK, about, says, "");
  }

  static Finding note(String about, String says, String remedy) {
    return new Finding(Level.NOTE, about, says, remedy);
  }

  static Finding warning(String about, String says, String remedy) {
    return new Finding(Level.WARNING, about, says, remedy);
  }

  @Override
  public String toString() {
    return about + ": " + says + (remedy.isEmpty() ? "" : "; " + remedy);
  }
}
