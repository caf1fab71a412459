package dev.kindred.app.experiment;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.experiment.Change;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Experiments as tables and sentences. For one thread. */
public final class ExperimentText {
  private final PrintWriter out;

  public ExperimentText(PrintWriter out) {
    this.out = out;
  }

  /** What is simulated. */
  public void world(WorldFamily family, WorldOptions world, int seeds) {
    out.printf(
        Locale.ROOT,
        "%s, %s%n%,d items, %,d users, %,d samples, %d days; seeds %d to %d%n",
        family.label(),
        family.description(),
        world.items(),
        world.users(),
        world.samples(),
        world.days(),
        world.seed(),
        world.seed() + seeds - 1);
    out.flush();
  }

  /** One world's A/A check and what the base does in it. */
  public void part(TableOne.Part part) {
    out.printf(
        Locale.ROOT,
        "seed %d: A/A with groups of %d to %d users: differences up to %.1f%%, %.1f standard errors"
            + " of %.1f allowed: %s; %.0f s%n",
        part.seed(),
        part.check().users().stream().min(Integer::compare).orElseThrow(),
        part.check().users().stream().max(Integer::compare).orElseThrow(),
        part.check().largestPercent(),
        part.check().largestErrors(),
        part.check().limitErrors(),
        part.check().passed() ? "passed" : "failed, " + part.check().findings(),
        part.seconds());
    Map<Metric, Double> base = part.base();
    out.printf(
        Locale.ROOT,
        "  base: %.3f clicks and %.0f s a list, %.3f likes and shares and %.3f dislikes and quits a"
            + " play, %.3f visits a day%n",
        base.get(Metric.CLICKING),
        base.get(Metric.PLAYED_TIME),
        base.get(Metric.SATISFACTION),
        base.get(Metric.NEGATIVE),
        base.get(Metric.VISITS));
    for (Metric column : PaperTable.COLUMNS) {
      StringBuilder line = new StringBuilder("  " + PaperTable.name(column) + ", %:");
      for (int g = 1; g < part.changes().size(); g++) {
        double value = part.changes().get(g).get(column).value();
        line.append(String.format(Locale.ROOT, "  No. %d %+.2f", g + 1, value));
      }
      out.println(line);
    }
    out.flush();
  }

  /** The table and how it differs from the paper's. */
  public void table(TableOne.Result result) {
    List<String> headings = new ArrayList<>(List.of(">No.", "model"));
    for (Metric metric : Metric.values()) {
      headings.add(">" + PaperTable.name(metric));
    }
    TextTable table = new TextTable(headings.toArray(String[]::new));
    for (TableOne.Row row : result.rows()) {
      List<Object> cells = new ArrayList<>(List.of(row.no(), row.name()));
      for (Metric metric : Metric.values()) {
        cells.add(row.no() == 1 ? "/" : percent(row.changes().get(metric)));
      }
      table.row(cells.toArray());
    }
    out.println();
    table.print(out);
    out.println();
    out.println(
        "Against No. 1, with 95% intervals over users and worlds: every user lives once in every"
            + " group with the same draws.");
    out.println(
        "clicking: per list; played time: seconds per list; satisfaction: likes and shares per"
            + " play; negative feedback: dislikes and quits per play.");
    out.println();
    PaperTable.words(result.rows()).forEach(out::println);
    TableOne.Row whole = result.rows().getLast();
    out.println(
        "As a service without twins would see No. 9, each user in one group: "
            + percents(whole.live())
            + ".");
    for (TableOne.Row row : result.rows()) {
      if (row.filled() > .005) {
        out.printf(
            Locale.ROOT,
            "No. %d: %.1f%% of what was shown are popular items in place of lists that were too"
                + " short.%n",
            row.no(),
            100 * row.filled());
      }
    }
    out.flush();
  }

  /** What must not win. */
  public void controls(List<Controls.Control> controls) {
    out.println();
    for (Controls.Control control : controls) {
      out.printf(
          Locale.ROOT,
          "control %s: %s: %s (%s)%s%n",
          control.world().label(),
          control.expected(),
          control.held() ? "held" : "FAILED",
          control.found(),
          control.changes().isEmpty() ? "" : "; " + percents(control.changes()));
    }
    out.flush();
  }

  /** What each stage is worth. */
  public void ablations(List<Ablations.Row> rows) {
    List<String> headings = new ArrayList<>(List.of("pipeline", ">item-item AUC", ">gain"));
    for (Metric metric : Metric.values()) {
      headings.add(">" + PaperTable.name(metric));
    }
    headings.add(">seconds");
    TextTable table = new TextTable(headings.toArray(String[]::new));
    for (Ablations.Row row : rows) {
      List<Object> cells = new ArrayList<>();
      cells.add(row.name());
      cells.add(String.format(Locale.ROOT, "%.4f", row.auc()));
      boolean base = row.name().equals(row.against());
      cells.add(base ? "/" : gain(row.aucGain()));
      for (Metric metric : Metric.values()) {
        cells.add(base ? "/" : percent(row.changes().get(metric)));
      }
      cells.add(String.format(Locale.ROOT, "%.0f", row.seconds()));
      table.row(cells.toArray());
    }
    out.println();
    table.print(out);
    out.println();
    out.println("Against the default pipeline, with 95% intervals over users and worlds.");
    if (rows.stream().anyMatch(row -> row.name().equals(Ablations.ROUTED_CLICKS))) {
      out.println("'" + Ablations.ROUTED_CLICKS + "' is against '" + Ablations.CLICKS + "'.");
    }
    for (Ablations.Row row : rows) {
      List<String> better = new ArrayList<>();
      for (Metric metric : Metric.values()) {
        if (Controls.isGain(metric, row.changes().get(metric))) {
          better.add(PaperTable.name(metric));
        }
      }
      if (row.aucGain().isRise()) {
        better.add("item-item AUC");
      }
      if (!better.isEmpty()) {
        out.println(
            "Better than "
                + row.against()
                + ": "
                + row.name()
                + " in "
                + String.join(", ", better));
      }
    }
    out.flush();
  }

  private static String percents(Map<Metric, Change> changes) {
    List<String> texts = new ArrayList<>();
    changes.forEach((metric, change) -> texts.add(PaperTable.name(metric) + " " + percent(change)));
    return String.join(", ", texts);
  }

  /** Of one world, the gain alone. */
  private static String gain(Change change) {
    String gain = String.format(Locale.ROOT, "%+.4f", change.value());
    return Double.isInfinite(change.error())
        ? gain
        : gain + String.format(Locale.ROOT, " [%+.4f, %+.4f]", change.low(), change.high());
  }

  private static String percent(Change change) {
    return String.format(
        Locale.ROOT, "%+.2f%% [%+.2f, %+.2f]", change.value(), change.low(), change.high());
  }
}
