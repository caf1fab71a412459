package dev.kindred.app.demo;

import dev.kindred.app.evaluation.NextItemComparison;
import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.app.output.TextTable;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The demonstration as plain text for people. Not thread-safe. */
public final class DemoText implements Consumer<DemoFact> {
  private final PrintWriter out;
  private boolean listed;

  public DemoText(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void accept(DemoFact fact) {
    switch (fact) {
      case DemoFact.Simulated f -> simulated(f);
      case DemoFact.Trained f -> trained(f);
      case DemoFact.Routed f -> routed(f);
      case DemoFact.Truth f -> truth(f);
      case DemoFact.NextItem f -> nextItem(f);
      case DemoFact.Listed f -> listed(f);
      case DemoFact.Explained f -> explained(f);
      case DemoFact.Blockbusters f -> blockbusters(f);
      case DemoFact.Hidden f -> hidden(f);
      case DemoFact.Next f -> next(f);
    }
    out.flush();
  }

  private void simulated(DemoFact.Simulated f) {
    heading("A simulated video site");
    line(
        "%,d videos, %,d users, %d days: %,d videos shown, %,d clicked, %,d of the clicks by"
            + " mistake.",
        f.items(), f.users(), f.days(), f.samples(), f.clicks(), f.mistakes());
    line("Its log and catalogues, as a site would have them: %s", f.data());
  }

  private void trained(DemoFact.Trained f) {
    heading("Training on all but " + f.holdout());
    line("%,d rows, %.0f s. Snapshot: %s", f.samples(), f.seconds(), f.snapshot());
    List<String> weights = new ArrayList<>();
    f.weights().forEach((name, weight) -> weights.add(format("%s %+.2f", name, weight)));
    line("Weights learned from who came back: %s", String.join(", ", weights));
  }

  private void routed(DemoFact.Routed f) {
    line(
        "The Coordinating Network removed %s of the mistakes and %s of the meant clicks.",
        percent(f.mistakesRemoved(), f.mistakes()), percent(f.meantRemoved(), f.meant()));
  }

  private void truth(DemoFact.Truth f) {
    heading("How related are the lists? The simulator knows.");
    line(
        "Percentage points by which users of a video are likelier than anybody to click, watch"
            + " ...");
    line(
        "the %d in its list (%,d lists); disliked: share of their clicks on it that end so.",
        f.k(), f.sources());
    List<String> objectives = List.copyOf(f.rows().getFirst().relatedness().keySet());
    List<String> headings = new ArrayList<>(List.of("list"));
    objectives.forEach(objective -> headings.add(">" + objective));
    headings.add(">disliked");
    TextTable table = new TextTable(headings.toArray(String[]::new));
    for (TrueRelatedness.Score row : f.rows()) {
      List<Object> cells = new ArrayList<>(List.of(row.lists()));
      objectives.forEach(name -> cells.add(format("%+.1f", 100 * row.relatedness().get(name))));
      cells.add(Double.isNaN(row.disliked()) ? "" : format("%.1f%%", 100 * row.disliked()));
      table.row(cells.toArray());
    }
    print(table);
  }

  private void nextItem(DemoFact.NextItem f) {
    NextItemScore first = f.rows().getFirst();
    heading("What was clicked next?");
    line(
        "%,d steps from click to click in the held-out part; lists of %d.",
        first.steps(), first.k());
    TextTable table = new TextTable("list", ">hit rate", ">NDCG", ">MRR", ">hit rate by video");
    for (NextItemScore row : f.rows()) {
      if (row.objective().equals(first.objective())) {
        table.row(
            row.lists(),
            format("%.4f", row.hitRate().mean()),
            format("%.4f", row.ndcg().mean()),
            format("%.4f", row.mrr()),
            format("%.4f", row.itemHitRate()));
      }
    }
    print(table);
    line("What is shown most is clicked most: the first columns reward what is popular. The last");
    line("one counts each next video alike, however often it was shown.");
  }

  private void listed(DemoFact.Listed f) {
    if (!listed) {
      heading("Related lists");
      listed = true;
    } else {
      out.println();
    }
    line("%s", named(f.video()));
    TextTable table = new TextTable(">#", "id", ">score", "title", "type", "styles");
    for (DemoFact.Place place : f.related()) {
      DemoFact.Video video = place.video();
      table.row(
          place.rank(),
          video.id(),
          format("%.4f", place.score()),
          video.title(),
          video.type(),
          video.styles());
    }
    print(table);
  }

  private void explained(DemoFact.Explained f) {
    heading("Why? The terms sum to the score, bit by bit.");
    f.explanation().lines().forEach(line -> line("%s", line));
  }

  private void blockbusters(DemoFact.Blockbusters f) {
    heading("Two blockbusters that have nothing in common");
    line("%s", named(f.first()));
    line("%s", named(f.second()));
    line(
        "%,d users watched both: number %d of its %s list. Truly related by %+.1f points.",
        f.usersOfBoth(),
        f.cooccurrenceRank(),
        NextItemComparison.COOCCURRENCE,
        // Adding 0 makes -0.0 of what rounds to it a plain zero.
        Math.rint(1000 * f.trueRelatedness()) / 10 + 0.0);
    line(
        f.rank() == 0
            ? "Kindred doesn't relate them: their profiles keep them out of each other's list."
            : "Kindred has the second at place " + f.rank() + " of the list of the first.");
  }

  private void hidden(DemoFact.Hidden f) {
    heading("Hiding a video, without a new snapshot");
    line("%s was number %d related to %s.", f.hidden().id(), f.before(), f.of().id());
    line(
        f.after() == 0
            ? "Hidden in the live state, it is gone at once; the list begins with "
                + f.firstAfter().id()
                + "."
            : "Hidden in the live state, it is number "
                + f.after()
                + " still: please report this.");
  }

  private void next(DemoFact.Next f) {
    heading(format("Done in %.0f s. Try next", f.seconds()));
    f.commands().forEach(command -> line("./%s", command));
  }

  private void heading(String text) {
    out.println();
    out.println(text);
  }

  private void line(String format, Object... values) {
    out.println("  " + format(format, values));
  }

  private void print(TextTable table) {
    table.print(out, "  ");
  }

  private static String named(DemoFact.Video video) {
    return video.id() + "  " + video.title() + " (" + video.type() + ": " + video.styles() + ")";
  }

  private static String percent(int part, int whole) {
    return whole == 0 ? "none" : format("%.0f%%", 100.0 * part / whole);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
