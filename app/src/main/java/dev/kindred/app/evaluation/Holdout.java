package dev.kindred.app.evaluation;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Splits;
import dev.kindred.engine.snapshot.Manifest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Which part of a log is kept from training. Immutable.
 *
 * @param share of the rows, in (0, 1)
 * @param by where the border runs
 */
public record Holdout(double share, By by) {
  /** Name of the option of a snapshot that says what was held out. */
  public static final String OPTION = "holdout";

  /** Where the border between training and test runs. */
  public enum By {
    /** At one moment for all users: what is later is held out. */
    TIME,
    /** In each user's own history: its end is held out. */
    USER
  }

  public Holdout {
    Objects.requireNonNull(by, "by");
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "the held-out share is " + share + ", must be between 0 and 1, e.g. 0.2");
    }
  }

  /**
   * By time where the rows have one, since a model in use knows nothing of tomorrow either; else by
   * each user's order.
   */
  public static Holdout of(double share, Events events) {
    return new Holdout(share, events.order() == Order.TIME ? By.TIME : By.USER);
  }

  /** The two parts of a log. */
  public Splits.Split split(Events events) {
    return switch (by) {
      case TIME -> Splits.byTime(events, share);
      case USER -> Splits.lastOfEachUser(events, share);
    };
  }

  /** The value of {@link #OPTION}. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("share", share);
    json.put("by", ConstantName.of(by));
    return json;
  }

  /** What a snapshot says was held out from its training; empty if it says nothing. */
  public static Optional<Holdout> of(Manifest manifest) {
    if (manifest.provenance().options().get(OPTION) instanceof Map<?, ?> option
        && option.get("share") instanceof Number share
        && option.get("by") instanceof String by) {
      for (By known : By.values()) {
        if (known.name().equalsIgnoreCase(by)) {
          return Optional.of(new Holdout(share.doubleValue(), known));
        }
      }
    }
    return Optional.empty();
  }

  /** In words: the last 20% of the log. */
  @Override
  public String toString() {
    double rounded = Math.round(1000 * share) / 10.0;
    String percent = rounded == Math.rint(rounded) ? (long) rounded + "%" : rounded + "%";
    return switch (by) {
      case TIME -> "the last " + percent + " of the log by time";
      case USER -> "the last " + percent + " of each user's rows";
    };
  }
}
