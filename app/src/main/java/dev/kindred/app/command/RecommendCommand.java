package dev.kindred.app.command;

import dev.kindred.app.output.RecommendedList;
import dev.kindred.app.output.ShownFields;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.RecommendAnswer;
import dev.kindred.engine.serve.RecommendQuery;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred recommend}: a personalised list, with its reasons if asked. */
@Command(
    name = "recommend",
    description =
        "List items for a user, for somebody with a history, or for anybody: candidates from"
            + " several sources, ranked by what several tasks predict.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred recommend --model snapshots/ --user ann -n 10",
      "  kindred recommend --model snapshots/ --history video-1,video-2 --explain",
      "  kindred recommend --model snapshots/ --searched 'space opera'",
      "  kindred recommend --model snapshots/ --user ann --cap series=2 --diversity 0.7",
      "  kindred recommend --model snapshots/ --user ann --weight like=2 \\",
      "      --live state/ --json",
      "  kindred recommend --model snapshots/"
    })
final class RecommendCommand extends KindredCommand {
  @Mixin private SnapshotOption model;

  @Mixin private RerankingOptions reranking;

  @Option(
      names = "--user",
      paramLabel = "ID",
      description = "A user of the log or of the live state; unknown ones are treated as anybody.")
  private String user;

  @Option(
      names = "--history",
      split = ",",
      paramLabel = "ID",
      description = "Items watched, oldest first, instead of a user.")
  private List<String> history = List.of();

  @Option(
      names = "--searched",
      paramLabel = "TEXT",
      description = "What was searched for just now; give the option again for more, oldest first.")
  private List<String> searched = List.of();

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "10",
      description = "Items in the list (default: ${DEFAULT-VALUE}).")
  private int n;

  @Option(
      names = "--explain",
      description = "Say what each task adds to a score, and how many items each stage left.")
  private boolean explain;

  @Mixin private ShowOption show;

  @Option(
      names = "--weight",
      paramLabel = "TASK=A",
      description = "Weight of a task for this request; 0 leaves it out.")
  private Map<String, Double> weights = new LinkedHashMap<>();

  @Option(names = "--exclude", paramLabel = "ID", description = "Leave an item out.")
  private List<String> excluded = List.of();

  @Option(names = "--watched-too", description = "Let items come back that the user watched.")
  private boolean watchedToo;

  @Option(
      names = "--live",
      paramLabel = "DIR",
      description = "Live state: hidden items are left out, events since the log's end count.")
  private Path live;

  @Override
  protected void run() throws IOException {
    options(() -> RelatedOptions.length(n));
    Reranking reranked;
    try {
      reranked = reranking.read(seed());
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    if (user != null && user.isBlank()) { // no id has nothing else, so it would be for anybody
      throw usage("--user is '" + user + "', must be an id; leave it out to list for anybody");
    }
    if (user != null && !history.isEmpty()) {
      throw usage("--user and --history exclude each other: name a user or items");
    }
    if (live == null) {
      list(null, reranked);
    } else {
      LiveCommand.requireState(live);
      try (LiveState state = ChronicleLiveState.open(live, LiveStateOptions.defaults())) {
        list(state, reranked);
      }
    }
  }

  private void list(LiveState state, Reranking reranked) throws IOException {
    try (Recommender recommender = model.open(state)) {
      if (!recommender.canRecommend()) {
        throw new InputException(
            "the snapshot has no personalised ranking; train it from a log with times or an order"
                + " of events, with enabled = true under [rank]");
      }
      ShownFields shown = options(() -> show.of(recommender));
      RecommendQuery query =
          (user != null ? RecommendQuery.user(user) : RecommendQuery.history(history))
              .top(n)
              .exclude(excluded)
              .rerank(reranked)
              .searched(searched);
      for (Map.Entry<String, Double> weight : weights.entrySet()) {
        query = query.weight(weight.getKey(), weight.getValue());
      }
      if (watchedToo) {
        query = query.watchedToo();
      }
      RecommendAnswer answer = recommender.recommend(query);
      RecommendedList output = new RecommendedList(shown);
      if (json()) {
        Map<String, Object> whom = new LinkedHashMap<>();
        if (user != null) {
          whom.put("user", user);
        } else {
          whom.put("history", history);
        }
        if (!searched.isEmpty()) {
          whom.put("searched", searched);
        }
        output.json(whom, answer, explain, jsonLines());
      } else {
        output.text(whom(), answer, explain, out());
      }
      answer.notes().forEach(this::note);
    }
  }

  private String whom() {
    if (user != null) {
      return user;
    }
    if (history.isEmpty() && !searched.isEmpty()) {
      return "somebody who searched for " + String.join(", ", searched);
    }
    return history.isEmpty() ? "anybody" : "a history of " + String.join(", ", history);
  }
}
