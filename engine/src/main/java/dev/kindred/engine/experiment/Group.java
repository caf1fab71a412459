package dev.kindred.engine.experiment;

import java.util.Objects;

/**
 * One group of an experiment.
 *
 * @param name for people
 * @param lists what it shows
 */
public record Group(String name, ListPolicy lists) {
  public Group {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(lists, "lists");
  }
}
