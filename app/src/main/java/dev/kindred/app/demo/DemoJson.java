package dev.kindred.app.demo;

import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.app.output.JsonLines;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.data.Note;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The demonstration as JSON lines; {@code fact} says what a line is about. Not thread-safe. */
public final class DemoJson implements Consumer<DemoFact> {
  private final JsonLines out;

  public DemoJson(JsonLines out) {
    this.out = out;
  }

  @Override
  public void accept(DemoFact fact) {
    switch (fact) {
      case DemoFact.Simulated f ->
          new Line("simulated")
              .put("items", f.items())
              .put("users", f.users())
              .put("days", f.days())
              .put("samples", f.samples())
              .put("clicks", f.clicks())
              .put("mistakes", f.mistakes())
              .put("data", f.data().toString())
              .write();
      case DemoFact.Trained f ->
          new Line("trained")
              .put("snapshot", f.snapshot().toString())
              .put("samples", f.samples())
              .put("holdout", f.holdout().json())
              .put("seconds", f.seconds())
              .put("secondsPerStage", f.secondsPerStage())
              .put("weights", f.weights())
              .put("notes", Note.texts(f.notes()))
              .put("warnings", Note.warnings(f.notes()))
              .write();
      case DemoFact.Routed f ->
          new Line("routed")
              .put("mistakes", f.mistakes())
              .put("mistakesRemoved", f.mistakesRemoved())
              .put("meant", f.meant())
              .put("meantRemoved", f.meantRemoved())
              .write();
      case DemoFact.Truth f -> {
        for (TrueRelatedness.Score row : f.rows()) {
          Line line = new Line("truth").put("model", row.lists());
          line.put("k", f.k()).put("sources", f.sources()).put("relatedness", row.relatedness());
          if (!Double.isNaN(row.disliked())) {
            line.put("disliked", row.disliked());
          }
          line.write();
        }
      }
      case DemoFact.NextItem f -> {
        for (NextItemScore row : f.rows()) {
          Line line = new Line("nextItem");
          row.json().forEach(line::put);
          line.write();
        }
      }
      case DemoFact.Listed f -> {
        for (DemoFact.Place place : f.related()) {
          new Line("related")
              .put("item", f.video().id())
              .put("rank", place.rank())
              .put("score", place.score())
              .put("video", place.video())
              .write();
        }
      }
      case DemoFact.Explained f ->
          new Line("explained")
              .put("item", f.explanation().source())
              .put("id", f.explanation().target())
              .put("score", f.explanation().score())
              .put("explanation", RelatedList.json(f.explanation()))
              .write();
      case DemoFact.Blockbusters f ->
          new Line("blockbusters")
              .put("first", f.first())
              .put("second", f.second())
              .put("usersOfBoth", f.usersOfBoth())
              .put("cooccurrenceRank", f.cooccurrenceRank())
              .put("rank", f.rank())
              .put("trueRelatedness", f.trueRelatedness())
              .write();
      case DemoFact.Hidden f ->
          new Line("hidden")
              .put("live", f.live().toString())
              .put("item", f.of().id())
              .put("hidden", f.hidden().id())
              .put("rankBefore", f.before())
              .put("rankAfter", f.after())
              .put("firstAfter", f.firstAfter().id())
              .write();
      case DemoFact.Next f ->
          new Line("next").put("seconds", f.seconds()).put("commands", f.commands()).write();
    }
  }

  /** One object, its fields in the order of putting. */
  private final class Line {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    Line(String fact) {
      fields.put("fact", fact);
    }

    Line put(String name, Object value) {
      fields.put(name, value);
      return this;
    }

    void write() {
      out.write(fields);
    }
  }
}
