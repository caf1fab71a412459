package dev.kindred.engine.data;

import java.util.List;
import java.util.Objects;

/**
 * One line that reading or training has to say. Immutable.
 *
 * @param level whether something should be done about it
 * @param text what happened, and for a warning what to do where that doesn't go without saying
 */
public record Note(Level level, String text) {
  /** Whether a note calls for action. */
  public enum Level {
    /** What was detected, chosen or learned. */
    INFO,
    /** Something in the data or the settings to mend, or to know before the result is served. */
    WARNING
  }

  public Note {
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(text, "text");
  }

  /** A line that merely informs. */
  public static Note info(String text) {
    return new Note(Level.INFO, text);
  }

  /** A line that calls for action. */
  public static Note warning(String text) {
    return new Note(Level.WARNING, text);
  }

  /** Whether it calls for action. */
  public boolean isWarning() {
    return level == Level.WARNING;
  }

  /** The texts of all, in order. */
  public static List<String> texts(List<Note> notes) {
    return notes.stream().map(Note::text).toList();
  }

  /** The texts of those that call for action, in order. */
  public static List<String> warnings(List<Note> notes) {
    return notes.stream().filter(Note::isWarning).map(Note::text).toList();
  }

  /** For people: a warning says that it is one. */
  @Override
  public String toString() {
    return isWarning() ? "warning: " + text : text;
  }
}
