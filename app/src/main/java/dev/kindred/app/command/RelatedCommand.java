package dev.kindred.app.command;

import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred related}: the related list of one or more items, with its reasons if asked. */
@Command(
    name = "related",
    description = "List the items related to an item.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred related --model snapshots/ --item video-42 -n 10",
      "  kindred related --model snapshots/ --item video-42 --explain --weight watch=2",
      "  kindred related --model snapshots/ --item video-42 --live state/ --json"
    })
final class RelatedCommand extends KindredCommand {
  @Mixin private SnapshotOption model;

  @Option(
      names = "--item",
      required = true,
      paramLabel = "ID",
      description = "The item; give the option again for more items.")
  private List<String> items;

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "10",
      description = "Items in a list (default: ${DEFAULT-VALUE}).")
  private int n;

  @Option(names = "--explain", description = "Say for each item why it is there.")
  private boolean explain;

  @Option(
      names = "--weight",
      paramLabel = "OBJECTIVE=A",
      description = "Manual weight of an objective for this request; 0 leaves it out.")
  private Map<String, Double> weights = new LinkedHashMap<>();

  @Option(names = "--exclude", paramLabel = "ID", description = "Leave an item out.")
  private List<String> excluded = List.of();

  @Option(
      names = "--live",
      paramLabel = "DIR",
      description = "Live state: items hidden there are left out.")
  private Path live;

  @Option(
      names = "--show",
      paramLabel = "FIELD",
      split = ",",
      description = "Profile fields to show (default: title or name, where there is one).")
  private List<String> show = List.of();

  @Override
  protected void run() throws IOException {
    if (n < 0) {
      throw usage("-n is " + n + ", must be 0 or more");
    }
    if (live == null) {
      list(null);
    } else {
      LiveCommand.requireState(live);
      try (LiveState state = ChronicleLiveState.open(live, LiveStateOptions.defaults())) {
        list(state);
      }
    }
  }

  private void list(LiveState state) throws IOException {
    try (Recommender recommender = model.open(state)) {
      List<String> fields = recommender.profileFields();
      for (String field : show) {
        if (!fields.contains(field)) {
          throw usage(
              "--show names '"
                  + field
                  + "'; "
                  + (fields.isEmpty()
                      ? "the snapshot has no profile fields"
                      : "the profile fields are " + String.join(", ", fields)));
        }
      }
      RelatedList output = new RelatedList(recommender, show);
      for (String item : items) {
        RelatedQuery query = RelatedQuery.item(item).top(n).exclude(excluded);
        for (Map.Entry<String, Double> weight : weights.entrySet()) {
          query = query.weight(weight.getKey(), weight.getValue());
        }
        if (explain) {
          query = query.explain();
        }
        var answer = recommender.related(query);
        if (json()) {
          output.json(answer, jsonLines());
        } else {
          output.text(answer, out());
        }
        answer.notes().forEach(this::note);
      }
    }
  }
}
