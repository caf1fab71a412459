package dev.kindred.engine.experiment;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What the groups of an experiment came to. Immutable; may be shared by threads. */
public final class ExperimentReport {
  private final List<Group> groups;
  private final Tally[] tallies;
  private final int[][] split;
  private final SplitCheck check;
  private final int[] everybody;

  ExperimentReport(List<Group> groups, Tally[] tallies, int[][] split, SplitCheck check) {
    this.groups = List.copyOf(groups);
    this.tallies = tallies;
    this.split = split;
    this.check = check;
    everybody = IntStream.range(0, tallies[0].users()).toArray();
  }

  /** The groups in their order; the first is the base. */
  public List<Group> groups() {
    return groups;
  }

  /** The A/A check of the split into groups. */
  public SplitCheck check() {
    return check;
  }

  /**
   * The change against the base with every user in both, each living the same days with the same
   * draws: what only a simulator can do. The interval is over users.
   */
  public Change change(int group, Metric metric) {
    return change(group, 0, metric);
  }

  /** The same against another group than the first. */
  public Change change(int group, int against, Metric metric) {
    if (group == against) {
      return Change.NONE;
    }
    return Ratios.paired(metric, tallies[group], tallies[against], everybody);
  }

  /** The change that a live service would see: each user in one group, groups apart. */
  public Change liveChange(int group, Metric metric) {
    return group == 0
        ? Change.NONE
        : Ratios.apart(metric, tallies[group], split[group], tallies[0], split[0]);
  }

  /** The metric itself, over all users. */
  public double value(int group, Metric metric) {
    return Ratios.value(metric, tallies[group], everybody);
  }

  /** The share of the shown items that stood in for lists that were too short. */
  public double filled(int group) {
    Tally tally = tallies[group];
    return tally.sum(Tally.FILLED, everybody) / tally.sum(Tally.SHOWN, everybody);
  }

  @Override
  public String toString() {
    return "experiment of "
        + groups.size()
        + " groups "
        + Arrays.toString(groups.stream().map(Group::name).toArray());
  }
}
