package dev.kindred.app.evaluation;

import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.TemporaryDirectory;
import dev.kindred.app.output.TextTable;
import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Splits;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Trains on all but the end of a log, serves from the snapshot and compares the lists with what
 * came. Immutable.
 *
 * @param scores of every kind of list and length
 * @param stages what each source brought to the ranker
 * @param notes of the training
 * @param trainSeconds what all stages took
 * @param rankSeconds what the personalised path took of it
 */
public record PersonalisedEvaluation(
    List<PersonalisedComparison.Score> scores,
    Optional<PersonalisedComparison.Stages> stages,
    List<Note> notes,
    double trainSeconds,
    double rankSeconds) {

  /** Trains and compares; nothing is left on disk. */
  public static PersonalisedEvaluation run(
      PipelineInput input,
      PipelineOptions options,
      Splits.Split split,
      List<Integer> ks,
      Workers workers,
      Progress progress)
      throws IOException {
    TrainedPipeline trained = Pipeline.train(input.trainingPart(split), options, workers, progress);
    if (trained.ranking().isEmpty()) {
      throw new InputException(
          "there is no personalised ranking to evaluate: "
              + String.join(
                  "; ",
                  Note.texts(trained.notes()).stream().filter(n -> n.contains("rank")).toList()));
    }
    try (TemporaryDirectory place = new TemporaryDirectory("evaluation")) {
      Path directory = place.path().resolve("snapshot");
      try (SnapshotWriter writer = SnapshotWriter.into(directory)) {
        trained.writeTo(writer, workers, progress);
        writer.publish();
      }
      try (Snapshot snapshot = Snapshot.open(directory);
          Recommender recommender = Recommender.open(directory)) {
        PersonalisedComparison.Result result =
            PersonalisedComparison.compare(
                snapshot, recommender, split.train(), split.test(), ks, workers);
        return new PersonalisedEvaluation(
            result.scores(),
            result.stages(),
            trained.notes(),
            trained.seconds().values().stream().mapToDouble(Double::doubleValue).sum(),
            trained.seconds().getOrDefault("rank", 0.0));
      }
    }
  }

  /** A table for people. */
  public void text(PrintWriter out) {
    TextTable table =
        new TextTable(
            "list",
            ">k",
            ">users",
            ">recall",
            ">+-",
            ">NDCG",
            ">hit rate",
            ">has a list",
            ">kindred minus");
    for (PersonalisedComparison.Score score : scores) {
      table.row(
          score.lists(),
          score.k(),
          score.users(),
          figure(score.recall().mean()),
          figure((score.recall().high() - score.recall().low()) / 2),
          figure(score.ndcg()),
          figure(score.hitRate()),
          String.format(Locale.ROOT, "%.1f%%", 100 * score.answered()),
          score
              .kindredMinus()
              .map(d -> String.format(Locale.ROOT, "%+.4f%s", d.mean(), d.p() < .05 ? "*" : " "))
              .orElse(null));
    }
    table.print(out);
    out.println(
        "+-: half of the 95% interval, from 1,000 draws of users; kindred minus: difference");
    out.println("of recalls, user by user; * p < 0.05 by sign flips.");
    stages.ifPresent(found -> text(found, out));
    out.printf(
        Locale.ROOT, "trained in %.1f s, %.1f s of it for ranking%n", trainSeconds, rankSeconds);
  }

  private static void text(PersonalisedComparison.Stages stages, PrintWriter out) {
    out.println();
    TextTable table = new TextTable("candidates by", ">found", ">allowed", ">recall");
    for (RetrievalSource source : RetrievalSource.values()) {
      table.row(
          ConstantName.of(source),
          String.format(Locale.ROOT, "%.1f", stages.found().get(source)),
          String.format(Locale.ROOT, "%.1f", stages.kept().get(source)),
          figure(stages.held().get(source)));
    }
    String ranked = String.format(Locale.ROOT, "%.1f", stages.ranked());
    table.row("all, each once", "", ranked, figure(stages.recall()));
    table.print(out);
    out.println();
  }

  /** One object for each score, and one for the stages. */
  public List<Map<String, Object>> json() {
    List<Map<String, Object>> lines = new ArrayList<>();
    scores.forEach(score -> lines.add(json(score)));
    stages.ifPresent(
        found -> {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("part", "candidates");
          for (RetrievalSource source : RetrievalSource.values()) {
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("found", found.found().get(source));
            of.put("allowed", found.kept().get(source));
            of.put("recall", found.held().get(source));
            line.put(ConstantName.of(source), of);
          }
          line.put("ranked", found.ranked());
          line.put("recall", found.recall());
          lines.add(line);
        });
    return lines;
  }

  private static Map<String, Object> json(PersonalisedComparison.Score score) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("lists", score.lists());
    line.put("k", score.k());
    line.put("users", score.users());
    line.put("recall", score.recall().mean());
    line.put("recallLow", score.recall().low());
    line.put("recallHigh", score.recall().high());
    line.put("ndcg", score.ndcg());
    line.put("hitRate", score.hitRate());
    line.put("answered", score.answered());
    score.kindredMinus().ifPresent(difference -> line.put("kindredMinus", difference));
    return line;
  }

  /** Where a baseline has the better recall; empty if none has. */
  public List<String> losses() {
    return scores.stream()
        .filter(
            score ->
                scores.stream()
                    .anyMatch(
                        ours ->
                            ours.lists().equals("kindred")
                                && ours.k() == score.k()
                                && ours.recall().mean() < score.recall().mean()))
        .map(
            score ->
                String.format(
                    Locale.ROOT,
                    "recall@%d of %s is %.4f, better than Kindred's",
                    score.k(),
                    score.lists(),
                    score.recall().mean()))
        .toList();
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
