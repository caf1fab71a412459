package dev.kindred.app.command;

import dev.kindred.app.output.RelatedList;
import dev.kindred.engine.serve.RelatedQuery;
import dev.kindred.engine.serve.WhyNot;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred why-not}: the stage that keeps an item out of another one's list. */
@Command(
    name = "why-not",
    description = "Say why an item is not in another one's list, and what its score would be.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred why-not --model snapshots/ --item video-42 --target video-7",
      "  kindred why-not --model snapshots/ --item video-42 --target video-7 --rules rules.toml"
    })
final class WhyNotCommand extends KindredCommand {
  @Mixin private RelatedOptions request;

  @Option(
      names = "--item",
      required = true,
      paramLabel = "A",
      description = "The item whose list it is.")
  private String item;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "B",
      description = "The item that is missing from it.")
  private String target;

  @Override
  protected void run() throws IOException {
    RelatedQuery query;
    try {
      query = request.query(item, seed());
    } catch (IllegalArgumentException e) {
      throw usage(e.getMessage());
    }
    request.ask(recommender -> show(recommender.whyNot(query, target)));
  }

  private void show(WhyNot why) {
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("item", why.source());
      line.put("target", why.target());
      line.put("stage", why.stage().name().toLowerCase(Locale.ROOT));
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
