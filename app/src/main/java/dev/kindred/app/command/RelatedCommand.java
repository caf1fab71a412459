package dev.kindred.app.command;

import dev.kindred.app.output.RelatedList;
import dev.kindred.app.output.ShownFields;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
      "  kindred related --model snapshots/ --item video-42 --where \"year >= 1990\" \\",
      "      --cap series=2",
      "  kindred related --model snapshots/ --item video-42 --live state/ --json"
    })
final class RelatedCommand extends KindredCommand {
  @Mixin private RelatedOptions request;

  @Option(
      names = "--item",
      required = true,
      paramLabel = "ID",
      description = "The item; give the option again for more items.")
  private List<String> items;

  @Option(names = "--explain", description = "Say for each item why it is there.")
  private boolean explain;

  @Mixin private ShowOption show;

  @Override
  protected void run() throws IOException {
    List<RelatedQuery> queries = new ArrayList<>();
    for (String item : items) {
      queries.add(query(item));
    }
    request.ask(recommender -> list(recommender, queries));
  }

  /** What an option out of range makes is a usage error. */
  private RelatedQuery query(String item) throws IOException {
    try {
      RelatedQuery query = request.query(item, seed());
      return explain ? query.explain() : query;
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
  }

  /** Tells all unknown items at once, before the lists of the others. */
  private void requireKnown(Recommender recommender) {
    List<String> unknown =
        items.stream().filter(id -> !recommender.contains(id)).distinct().toList();
    if (unknown.size() > 1) {
      throw new InputException(
          "--item names "
              + unknown.size()
              + " items that the snapshot doesn't know: "
              + unknown
              + "; check the ids, or build a snapshot from a log that has them");
    }
    unknown.forEach(recommender::profile); // says of a single one why it is unknown
  }

  private void list(Recommender recommender, List<RelatedQuery> queries) {
    ShownFields shown = options(() -> show.of(recommender));
    requireKnown(recommender);
    request.unknownExclusions(recommender).ifPresent(this::note);
    RelatedList output = new RelatedList(shown);
    for (int q = 0; q < queries.size(); q++) {
      var answer = recommender.related(queries.get(q));
      if (json()) {
        output.json(answer, jsonLines());
      } else {
        if (q > 0) {
          out().println();
        }
        output.text(answer, out());
      }
      answer.notes().forEach(this::note);
    }
  }
}
