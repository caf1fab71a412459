package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.serve.RecommendQuery;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.WhyNot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred why-not}: the stage that keeps an item out of another one's list. */
@Command(
    name = "why-not",
    description =
        "Say why an item is not in another one's list or in a user's: the first stage that loses"
            + " it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred why-not --model snapshots/ --item video-42 --target video-7",
      "  kindred why-not --model snapshots/ --item video-42 --target video-7 \\",
      "      --rules rules.toml",
      "  kindred why-not --model snapshots/ --user ann --target video-7"
    })
final class WhyNotCommand extends KindredCommand {
  @Mixin private RelatedOptions request;

  @Option(names = "--item", paramLabel = "A", description = "The item whose list it is.")
  private String item;

  @Option(names = "--user", paramLabel = "ID", description = "The user whose list it is.")
  private String user;

  @Option(
      names = "--history",
      split = ",",
      paramLabel = "ID",
      description = "Items watched, oldest first: the list of somebody who watched them.")
  private List<String> history = List.of();

  @Option(
      names = "--target",
      required = true,
      paramLabel = "B",
      description = "The item that is missing from it.")
  private String target;

  @Override
  protected void run() throws IOException {
    boolean ofItem = item != null;
    if ((ofItem ? 1 : 0) + (user != null ? 1 : 0) + (history.isEmpty() ? 0 : 1) != 1) {
      throw usage("name the list by one of --item, --user and --history");
    }
    if (user != null && user.isBlank()) { // no id has nothing else, so it would be for anybody
      throw usage("--user is '" + user + "', must be an id; name one, or --item or --history");
    }
    RelatedQuery related = null;
    RecommendQuery personal = null;
    try {
      if (ofItem) {
        related = request.query(item, seed());
      } else {
        personal =
            request.query(
                user != null ? RecommendQuery.user(user) : RecommendQuery.history(history), seed());
      }
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    RelatedQuery ofOne = related;
    RecommendQuery ofUser = personal;
    request.ask(
        recommender ->
            show(ofItem ? recommender.whyNot(ofOne, target) : recommender.whyNot(ofUser, target)));
  }

  private void show(WhyNot why) {
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put(item != null ? "item" : "for", why.source());
      line.put("target", why.target());
      line.put("stage", ConstantName.of(why.stage()));
      line.put("reason", why.reason());
      why.explanation()
          .ifPresent(explanation -> line.put("explanation", RelatedList.json(explanation)));
      jsonLines().write(line);
      return;
    }
    out().println(why);
    why.explanation().ifPresent(explanation -> explanation.lines().forEach(out()::println));
  }
}
