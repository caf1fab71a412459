package dev.kindred.engine.experiment;

/**
 * What an experiment compares: a ratio of two sums over users, both as a service would log them.
 */
public enum Metric {
  /** Clicks, those by mistake too, per list shown. */
  CLICKING("clicking", Tally.CLICKS, Tally.LISTS),
  /** Seconds played per list shown. */
  PLAYED_TIME("playedTime", Tally.SECONDS, Tally.LISTS),
  /** Likes and shares per play; a click left within a few seconds is a bounce and no play. */
  SATISFACTION("satisfaction", Tally.APPROVALS, Tally.PLAYS),
  /** Dislikes and quits per play; a quit is a play that ends in the first part of the item. */
  NEGATIVE("negative", Tally.COMPLAINTS, Tally.PLAYS),
  /** Visits per user and day. */
  VISITS("visits", Tally.VISITS, Tally.DAYS);

  private final String label;
  final int over;
  final int under;

  Metric(String label, int over, int under) {
    this.label = label;
    this.over = over;
    this.under = under;
  }

  /** Its name in results. */
  public String label() {
    return label;
  }
}
