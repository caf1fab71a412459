package dev.kindred.app.output;

import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.engine.serve.Funnel;
import dev.kindred.engine.serve.RecommendAnswer;
import dev.kindred.engine.serve.RecommendedItem;
import dev.kindred.engine.serve.TaskTerm;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A personalised list as a table for people or as JSON. */
public final class RecommendedList {
  private final ShownFields shown;

  /** With these fields of the items. */
  public RecommendedList(ShownFields shown) {
    this.shown = shown;
  }

  /**
   * A heading and a line for each item.
   *
   * @param explained whether to say what each task adds and how many items each stage left
   */
  public void text(String whom, RecommendAnswer answer, boolean explained, PrintWriter out) {
    out.println("Recommended for " + TextTable.escaped(whom) + ":");
    TextTable table = new TextTable(">#", "id", ">score", "found by", "");
    for (RecommendedItem item : answer.items()) {
      table.row(
          item.rank() + 1,
          item.id(),
          String.format(Locale.ROOT, "%.4f", item.score()),
          foundBy(item),
          shown.described(item.id()));
    }
    table.print(out);
    if (explained) {
      terms(answer, out);
      funnel(answer.funnel(), out);
    }
  }

  /** Its sources, and what else brought it to its place. */
  private static String foundBy(RecommendedItem item) {
    String sources =
        item.sources().stream().map(RecommendedList::name).collect(Collectors.joining(", "));
    if (item.placing() == RerankedList.Placing.RANKED) {
      return sources;
    }
    String placing = ConstantName.of(item.placing());
    return sources.isEmpty() ? placing : sources + "; " + placing;
  }

  private static void terms(RecommendAnswer answer, PrintWriter out) {
    if (answer.items().isEmpty()) {
      return;
    }
    List<String> columns = new ArrayList<>(List.of(">#", "id"));
    for (TaskTerm term : answer.items().getFirst().terms()) {
      columns.add(">" + term.task() + " x " + term.weight());
    }
    boolean adjusted = answer.items().stream().anyMatch(item -> !item.adjustments().isEmpty());
    if (adjusted) {
      columns.add(">adjusted");
    }
    columns.add(">score");
    out.println();
    TextTable table = new TextTable(columns.toArray(String[]::new));
    for (RecommendedItem item : answer.items()) {
      List<Object> cells = new ArrayList<>(List.of(item.rank() + 1, item.id()));
      item.terms().forEach(term -> cells.add(String.format(Locale.ROOT, "%+.5f", term.term())));
      if (adjusted) {
        double sum = item.adjustments().stream().mapToDouble(Adjustment::value).sum();
        cells.add(String.format(Locale.ROOT, "%+.5f", sum));
      }
      cells.add(String.format(Locale.ROOT, "%.5f", item.score()));
      table.row(cells.toArray());
    }
    table.print(out);
  }

  private static void funnel(Funnel funnel, PrintWriter out) {
    out.println();
    TextTable table = new TextTable("source", ">found", ">allowed");
    for (RetrievalSource source : RetrievalSource.values()) {
      table.row(name(source), funnel.found().get(source), funnel.kept().get(source));
    }
    table.print(out);
    out.printf(
        Locale.ROOT, "%d distinct items ranked, %d returned%n", funnel.ranked(), funnel.returned());
  }

  /** One object for each item, then one with the funnel if it is explained. */
  public void json(
      Map<String, Object> whom, RecommendAnswer answer, boolean explained, JsonLines out) {
    for (RecommendedItem item : answer.items()) {
      Map<String, Object> line = new LinkedHashMap<>(whom);
      line.put("rank", item.rank() + 1);
      line.put("id", item.id());
      line.put("score", item.score());
      line.put("sources", item.sources().stream().map(RecommendedList::name).toList());
      if (item.propensity() < 1) {
        line.put("propensity", item.propensity());
      }
      if (item.placing() != RerankedList.Placing.RANKED) {
        line.put("placing", ConstantName.of(item.placing()));
      }
      shown.putProfile(item.id(), line);
      if (explained) {
        line.put("terms", item.terms());
        if (!item.adjustments().isEmpty()) {
          line.put("adjustments", item.adjustments());
        }
      }
      out.write(line);
    }
    if (explained) {
      Map<String, Object> line = new LinkedHashMap<>(whom);
      Map<String, Object> stages = new LinkedHashMap<>();
      for (RetrievalSource source : RetrievalSource.values()) {
        Map<String, Object> stage = new LinkedHashMap<>();
        stage.put("found", answer.funnel().found().get(source));
        stage.put("allowed", answer.funnel().kept().get(source));
        stages.put(name(source), stage);
      }
      line.put("funnel", stages);
      line.put("ranked", answer.funnel().ranked());
      line.put("returned", answer.funnel().returned());
      line.put("known", answer.known());
      out.write(line);
    }
  }

  private static String name(RetrievalSource source) {
    return ConstantName.of(source);
  }
}
