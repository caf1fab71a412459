package dev.kindred.app.command;

import dev.kindred.app.config.RulesFile;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.Exploration;
import dev.kindred.engine.rerank.Freshness;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.rerank.Selection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** The options that say what happens to a list after it is scored; all off unless given. */
final class RerankingOptions {
  private static final String PAIR = "must be written NAME=NUMBER";

  @Option(
      names = "--where",
      paramLabel = "CONDITION",
      description = "Only items that meet it, such as \"genre in (Drama, War) and year >= 1990\".")
  private String where;

  @Option(
      names = "--rules",
      paramLabel = "FILE",
      description = "Editors' rules, a TOML file; see docs/related.md.")
  private Path rules;

  @Option(
      names = "--pin",
      paramLabel = "ID=SLOT",
      description = "Put an item at a slot, 1 = the top.")
  private Map<String, Integer> pins = new LinkedHashMap<>();

  @Option(
      names = "--boost",
      paramLabel = "ID=FACTOR",
      description = "Multiply the odds of an item; 1 changes nothing.")
  private Map<String, Double> boosts = new LinkedHashMap<>();

  @Option(names = "--bury", paramLabel = "ID", description = "Put an item behind all others.")
  private List<String> buried = List.of();

  @Option(
      names = "--diversity",
      paramLabel = "LAMBDA",
      description = "Marginal relevance: 1 = by score alone, 0 = as unlike as can be.")
  private Double lambda;

  @Option(
      names = "--diversity-by",
      paramLabel = "profile|vectors",
      completionCandidates = ConstantNames.Bases.class,
      description = "What makes items alike (default: profile).")
  private Diversity.Basis basis;

  @Option(
      names = "--cap",
      paramLabel = "FIELD=N",
      description = "At most N items of a list share a value of the field.")
  private Map<String, Integer> caps = new LinkedHashMap<>();

  @Option(
      names = "--half-life",
      paramLabel = "FIELD=AGE",
      description = "Each such age, in the unit of the field of numbers, halves an item's odds.")
  private String halfLife;

  @Option(
      names = "--explore",
      paramLabel = "epsilon=E|softmax=T",
      description = "Draw slots at random, by --seed, and tell the propensities.")
  private String explore;

  @Option(
      names = "--pool",
      paramLabel = "N",
      description =
          "Diversity and --explore give each place of the list to one of the N best items that are"
              + " left, N from 1 to 10000 (default: 100); as one is taken, the next best joins"
              + " them.")
  private Integer pool;

  /**
   * What the options say.
   *
   * @throws IllegalArgumentException if one is out of range, or of no use without another
   */
  Reranking read(OptionalLong seed) throws IOException {
    boolean byScoreAlone = diversity().isOff();
    if (basis != null && byScoreAlone) {
      throw new IllegalArgumentException(
          "--diversity-by does nothing without a --diversity LAMBDA below 1; give one");
    }
    if (pool != null && byScoreAlone && explore == null) {
      throw new IllegalArgumentException(
          "--pool does nothing without a --diversity LAMBDA below 1 or --explore;"
              + " give one of them");
    }
    List<Rule> all = new ArrayList<>(rules == null ? List.of() : RulesFile.read(rules, "--rules"));
    pins.forEach((id, slot) -> all.add(Rule.pin(id, slot)));
    boosts.forEach((id, factor) -> all.add(Rule.boost(Selection.of(id), factor)));
    buried.forEach(id -> all.add(Rule.bury(Selection.of(id))));
    Reranking reranking =
        Reranking.none()
            .withRules(all)
            .withDiversity(diversity())
            .withFreshness(freshness())
            .withExploration(exploration(seed.orElse(1)))
            .withPool(pool == null ? Reranking.DEFAULT_POOL : pool);
    for (Map.Entry<String, Integer> cap : caps.entrySet()) {
      reranking = reranking.withCap(cap.getKey(), cap.getValue());
    }
    return where == null ? reranking : reranking.withWhere(where);
  }

  private Diversity diversity() {
    return new Diversity(
        lambda == null ? 1 : lambda, basis == null ? Diversity.Basis.PROFILE : basis);
  }

  private Freshness freshness() {
    if (halfLife == null) {
      return Freshness.off();
    }
    int at = equalsSign("--half-life", halfLife);
    return new Freshness(halfLife.substring(0, at), number("--half-life", halfLife, at));
  }

  private Exploration exploration(long seed) {
    if (explore == null) {
      return Exploration.off();
    }
    int at = equalsSign("--explore", explore);
    double amount = number("--explore", explore, at);
    return switch (explore.substring(0, at)) {
      case "epsilon" -> Exploration.epsilon(amount, seed);
      case "softmax" -> Exploration.softmax(amount, seed);
      default ->
          throw new IllegalArgumentException(
              "--explore is '" + explore + "', must be epsilon=E or softmax=T");
    };
  }

  private static int equalsSign(String option, String text) {
    int at = text.lastIndexOf('=');
    if (at < 1) {
      throw new IllegalArgumentException(option + " is '" + text + "', " + PAIR);
    }
    return at;
  }

  private static double number(String option, String text, int at) {
    try {
      return Double.parseDouble(text.substring(at + 1));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " is '" + text + "', " + PAIR, e);
    }
  }
}
