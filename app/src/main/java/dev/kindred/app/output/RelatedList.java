package dev.kindred.app.output;

import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.ChannelTerm;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.Term;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.engine.serve.RelatedAnswer;
import dev.kindred.engine.serve.RelatedItem;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A related list as a table for people or as JSON, with profile fields that tell the items. */
public final class RelatedList {
  private final ShownFields shown;

  /** With these fields of the items. */
  public RelatedList(ShownFields shown) {
    this.shown = shown;
  }

  /** A heading, a line for each item, and below it the reasons where the answer has them. */
  public void text(RelatedAnswer answer, PrintWriter out) {
    String heading = "Related to " + answer.item() + "  " + shown.described(answer.item());
    out.println(TextTable.escaped(heading.stripTrailing() + ":"));
    TextTable table = new TextTable(">#", "id", ">score", "because", "");
    for (RelatedItem item : answer.items()) {
      table.row(
          item.rank() + 1,
          item.id(),
          String.format(Locale.ROOT, "%.4f", item.score()),
          because(item),
          shown.described(item.id()));
    }
    table.print(out);
    for (RelatedItem item : answer.items()) {
      item.explanation()
          .ifPresent(
              explanation -> {
                out.println();
                explanation.lines().forEach(line -> out.println(TextTable.escaped(line)));
              });
    }
  }

  private static String because(RelatedItem item) {
    String because = item.source().description();
    return switch (item.placing()) {
      case RANKED -> because;
      case PINNED ->
          item.source() == CandidateSource.PINNED ? because : because + ", pinned by a rule";
      case EXPLORED -> because + ", drawn";
      case BURIED -> because + ", buried";
    };
  }

  /** One object for each item. */
  public void json(RelatedAnswer answer, JsonLines out) {
    for (RelatedItem item : answer.items()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("item", answer.item());
      line.put("rank", item.rank() + 1);
      line.put("id", item.id());
      line.put("score", item.score());
      line.put("source", ConstantName.of(item.source()));
      if (item.propensity() < 1) {
        line.put("propensity", item.propensity());
      }
      if (item.placing() != RerankedList.Placing.RANKED) {
        line.put("placing", ConstantName.of(item.placing()));
      }
      shown.putProfile(item.id(), line);
      item.explanation().ifPresent(explanation -> line.put("explanation", json(explanation)));
      out.write(line);
    }
  }

  /** An explanation as an object. */
  public static Map<String, Object> json(Explanation explanation) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("similarity", explanation.similarity());
    json.put("shared", explanation.shared());
    List<Map<String, Object>> terms = new ArrayList<>();
    for (Term term : explanation.terms()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("objective", term.objective());
      line.put("polarity", ConstantName.of(term.polarity()));
      line.put("manual", term.manual());
      line.put("learned", term.learned());
      line.put("merged", term.merged());
      line.put("contribution", term.contribution());
      for (ChannelTerm channel : term.channels()) {
        if (channel.present() || channel.merged()) {
          Map<String, Object> said = new LinkedHashMap<>();
          said.put("present", channel.present());
          said.put("cosine", channel.cosine());
          said.put("calibrated", channel.calibrated());
          said.put("merged", channel.merged());
          line.put(ConstantName.of(channel.kind()), said);
        }
      }
      terms.add(line);
    }
    json.put("terms", terms);
    if (!explanation.adjustments().isEmpty()) {
      json.put("adjustments", explanation.adjustments());
    }
    if (!explanation.remarks().isEmpty()) {
      json.put("remarks", explanation.remarks());
    }
    json.put("score", explanation.score());
    return json;
  }
}
