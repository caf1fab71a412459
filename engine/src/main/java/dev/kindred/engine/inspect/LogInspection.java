package dev.kindred.engine.inspect;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.ColumnSample;
import dev.kindred.engine.data.EventLog;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.ReadReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a log is like before anything is trained on it, and what to do about it. Immutable.
 *
 * @param shape size and form
 * @param objectives each in its declared order
 * @param quits suspected noise, for objectives whose stays are known
 * @param leaks columns that tell a label
 * @param findings what to know, in the order of the questions
 */
public record LogInspection(
    LogShape shape,
    List<ObjectiveShape> objectives,
    List<QuickQuits> quits,
    List<Leak> leaks,
    List<Finding> findings) {
  /** Below this an objective's channels will hardly pass their calibration. */
  private static final int FEW_POSITIVES = 1_000;

  private static final int FEW_USERS = 200;

  /** Share of quick quits from which clicks want a judge. */
  private static final double NOISY = .05;

  /**
   * A log of fewer days can't show who came back after a week: two weeks, of which the last may
   * lack half a day, as where weights are learned.
   */
  private static final double DAYS_NEEDED = 13.5;

  private static final long DAY = 86_400_000L;

  public LogInspection {
    objectives = List.copyOf(objectives);
    quits = List.copyOf(quits);
    leaks = List.copyOf(leaks);
    findings = List.copyOf(findings);
  }

  /**
   * Looks at a log.
   *
   * @param input log and profiles as they were read
   * @param report how reading the log went
   * @param sample its first rows with all columns
   * @param now against which times are in the future
   */
  public static LogInspection of(
      PipelineInput input, ReadReport report, ReadLimits limits, ColumnSample sample, Instant now) {
    Events events = input.events();
    LogShape shape = LogShape.of(events);
    List<ObjectiveShape> objectives = new ArrayList<>();
    List<QuickQuits> quits = new ArrayList<>();
    for (int k = 0; k < events.objectives().size(); k++) {
      objectives.add(ObjectiveShape.of(events, k));
      if (events.objectives().get(k).polarity() == Polarity.POSITIVE) {
        QuickQuits.of(events, k).filter(q -> q.timed() > 0).ifPresent(quits::add);
      }
    }
    List<Leak> leaks = new ArrayList<>(LeakSearch.in(sample));
    List<Leak> twins = LeakSearch.among(events);
    List<Finding> findings = new ArrayList<>();
    findings.add(reading(report, limits));
    findings.add(values(report));
    findings.add(order(events, report));
    findings.add(future(events, now));
    findings.add(duplicates(shape));
    findings.add(sparsity(shape));
    findings.add(head(shape));
    findings.add(busiest(shape));
    findings.add(span(events, shape));
    objectives.forEach(o -> findings.add(objective(o)));
    findings.addAll(noise(quits));
    findings.addAll(leakage(events, leaks, twins));
    findings.addAll(catalogue(input));
    leaks.addAll(twins);
    return new LogInspection(shape, objectives, quits, leaks, findings);
  }

  private static Finding reading(ReadReport report, ReadLimits limits) {
    String about = "unreadable rows";
    if (report.badRows() == 0) {
      return Finding.ok(about, "none of " + count(report.rows()));
    }
    String says =
        count(report.badRows())
            + " of "
            + count(report.rows())
            + ", the first: "
            + report.badRowSamples().getFirst();
    return limits.refuse(report.badRows(), report.rows())
        ? Finding.warning(
            about,
            says,
            "training refuses more than "
                + count(limits.rows())
                + " and "
                + limits.share() * 100
                + "%: mend the file, or raise max-bad-rows or max-bad-share")
        : Finding.note(about, says, "they are left out");
  }

  private static Finding values(ReadReport report) {
    String about = "unusable values";
    return report.badValues() == 0
        ? Finding.ok(about, "none in the rows that are read")
        : Finding.note(
            about,
            count(report.badValues()) + ", the first: " + report.badValueSamples().getFirst(),
            "they count as missing: mend the file or the rule of the objective if that is wrong");
  }

  private static Finding order(Events events, ReadReport report) {
    String about = "time order";
    if (events.order() == Order.NONE) {
      return Finding.warning(
          about,
          "the log has no time and no order",
          "declare time or order, or held-out tests and weights from retention are not possible");
    }
    if (events.order() == Order.SEQUENCE) {
      return Finding.note(
          about,
          "a place in each user's order, no time",
          "weights can't be learned from who comes back");
    }
    return report.outOfOrder() == 0
        ? Finding.ok(about, "the rows stand in rising time")
        : Finding.note(
            about,
            count(report.outOfOrder()) + " rows are earlier than the one before",
            "they are sorted while reading, for twice the memory of the log");
  }

  private static Finding future(Events events, Instant now) {
    String about = "impossible times";
    if (events.order() != Order.TIME) {
      return Finding.ok(about, "no times to look at");
    }
    long latest = now.toEpochMilli() + DAY;
    int future = 0;
    int ancient = 0;
    for (int row = 0; row < events.size(); row++) {
      future += events.time(row) > latest ? 1 : 0;
      ancient += events.time(row) < 0 ? 1 : 0;
    }
    if (future + ancient == 0) {
      return Finding.ok(about, "none before 1970 or after tomorrow");
    }
    return Finding.warning(
        about,
        count(future) + " rows after tomorrow, " + count(ancient) + " before 1970",
        "check time-format: a split by time would test on nothing else");
  }

  private static Finding duplicates(LogShape shape) {
    String about = "duplicates";
    double share = (double) shape.duplicates() / shape.rows();
    if (shape.duplicates() == 0) {
      return Finding.ok(
          about,
          percent(shape.repeats()) + " of the rows repeat a pair of user and item, none its time");
    }
    String says =
        count(shape.duplicates())
            + " rows ("
            + percent(share)
            + ") have user, item and time of another";
    return share > EventLog.NOTABLE_DUPLICATES
        ? Finding.warning(
            about,
            says,
            "declare the event column if the rows are events of one sample; if the log was written"
                + " twice and its times are as fine as events, duplicates = \"drop\" under [events]"
                + " leaves one of each")
        : Finding.note(about, says, "");
  }

  private static Finding sparsity(LogShape shape) {
    String says =
        String.format(
            Locale.ROOT,
            "%.4f%% of the pairs of user and item; half of the users have at most %,d rows, %s have"
                + " one",
            100 * shape.density(),
            shape.medianRowsOfUser(),
            percent(shape.singleRowUsers()));
    return shape.medianRowsOfUser() < 3
        ? Finding.warning(
            "sparsity",
            says,
            "most users say nothing about what goes together: take a longer span of the log")
        : Finding.ok("sparsity", says);
  }

  private static Finding head(LogShape shape) {
    String says =
        "the most frequent hundredth of the items has "
            + percent(shape.headShare())
            + " of the rows";
    return shape.headShare() > .5
        ? Finding.note(
            "head share", says, "read hit rates by item: popularity alone will look good")
        : Finding.ok("head share", says);
  }

  private static Finding busiest(LogShape shape) {
    String says = "the busiest user has " + percent(shape.busiestUserShare()) + " of the rows";
    double even = 1.0 / shape.users();
    return shape.busiestUserShare() > Math.max(.01, 20 * even)
        ? Finding.warning("suspected bots", says, "leave such users out before training")
        : Finding.ok("suspected bots", says);
  }

  private static Finding span(Events events, LogShape shape) {
    if (events.order() != Order.TIME) {
      return Finding.ok("span", "unknown without times");
    }
    String says =
        String.format(
            Locale.ROOT,
            "%.1f days, from %s to %s",
            shape.days(),
            Instant.ofEpochMilli(shape.from()),
            Instant.ofEpochMilli(shape.to()));
    return shape.days() < DAYS_NEEDED
        ? Finding.note(
            "span",
            says,
            "weights from who comes back need a week to look at and a week to come back: equal"
                + " weights will be used")
        : Finding.ok("span", says);
  }

  private static Finding objective(ObjectiveShape o) {
    String about = "objective " + o.name();
    String says =
        count(o.happened())
            + " times ("
            + percent(o.share())
            + "), "
            + count(o.users())
            + " users, "
            + count(o.usersWithTwo())
            + " of them with two items or more";
    if (o.happened() == 0) {
      return Finding.warning(about, "never happened", "check its rule");
    }
    return o.happened() < FEW_POSITIVES || o.usersWithTwo() < FEW_USERS
        ? Finding.warning(
            about,
            says + ": starved",
            "its channels may be switched off for want of held-out pairs; a longer log or a wider"
                + " rule helps")
        : Finding.ok(about, says);
  }

  private static List<Finding> noise(List<QuickQuits> quits) {
    List<Finding> findings = new ArrayList<>();
    for (QuickQuits q : quits) {
      String about = "noise in " + q.objective();
      String says =
          percent(q.share())
              + " of "
              + count(q.timed())
              + " lasted less than "
              + QuickQuits.QUICK_SECONDS
              + " s by "
              + q.signal();
      findings.add(
          q.share() > NOISY
              ? Finding.note(
                  about, says, "leave the Coordinating Network on, and the column in signals")
              : Finding.ok(about, says));
    }
    if (quits.isEmpty()) {
      findings.add(
          Finding.note(
              "noise",
              "unknown: no signal says how long a stay was",
              "keep one (dwell, watch or play time) in [events] signals to tell meant clicks from"
                  + " mistakes"));
    }
    return findings;
  }

  private static List<Finding> leakage(Events events, List<Leak> leaks, List<Leak> twins) {
    List<Finding> findings = new ArrayList<>();
    for (Leak leak : leaks) {
      boolean signal = events.signals().contains(leak.column());
      String says = leak.column() + " " + leak.how() + " (" + leak.objective() + ")";
      findings.add(
          signal
              ? Finding.note(
                  "leakage",
                  says,
                  "as a signal it is used apart; never make it a feature of a model that ranks")
              : Finding.note("leakage", says, "never make it a signal or a feature"));
    }
    for (Leak twin : twins) {
      findings.add(
          Finding.note(
              "leakage",
              "objectives " + twin.column() + " and " + twin.objective() + " " + twin.how(),
              "neither is an input to the other; at equal weights the two count twice: give each"
                  + " half"));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok("leakage", "no column tells a label that it should not know"));
    }
    return findings;
  }

  private static List<Finding> catalogue(PipelineInput input) {
    Events events = input.events();
    Catalogue items = input.items();
    if (items.fields().isEmpty()) {
      return List.of(
          Finding.note(
              "catalogue",
              "none",
              "candidates come from behaviour alone; new items have no related ones"));
    }
    int[] rows = new int[items.ids().size()];
    for (int row = 0; row < events.size(); row++) {
      rows[events.item(row)]++;
    }
    int unknown = 0;
    int cold = 0;
    for (int item = 0; item < rows.length; item++) {
      unknown += rows[item] > 0 && !items.contains(item) ? 1 : 0;
      cold += rows[item] == 0 ? 1 : 0;
    }
    String says =
        count(unknown)
            + " items of the log are not in it, "
            + count(cold)
            + " of its items are not in the log";
    return List.of(
        unknown > .1 * events.items().size()
            ? Finding.warning(
                "catalogue", says, "check the id columns: items without a profile pass no gate")
            : Finding.ok("catalogue", says));
  }

  private static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * share);
  }
}
