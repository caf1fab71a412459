package dev.kindred.app.command;

import dev.kindred.app.output.TextTable;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TableSource;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.eval.OffPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred off-policy}: what another policy would have earned, from logged propensities. */
@Command(
    name = "off-policy",
    description =
        "Estimate what another policy would have earned from a log of choices whose chances were"
            + " written down: inverse propensity scoring, self-normalised, and doubly robust with a"
            + " model.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred off-policy --log shown.csv --reward click --propensity p --target q",
      "  kindred simulate --choices 50000 --out site/",
      "  kindred off-policy --log site/choices.csv --reward click \\",
      "      --propensity propensity --target target \\",
      "      --model-logged model_logged --model-target model_target",
      "  kindred off-policy --log shown.csv --reward click --propensity p --target q \\",
      "      --model-logged e --model-target v --clip 50 --json",
      "'kindred simulate --choices' tells the truth, too."
    })
final class OffPolicyCommand extends KindredCommand {
  /** Choices that an estimate should rest on. */
  private static final int FEW = 100;

  @Option(
      names = "--log",
      required = true,
      paramLabel = "FILE",
      description = "A table with one logged choice a row: .csv, .tsv or .jsonl, gzip or not.")
  private Path log;

  @Option(
      names = "--reward",
      required = true,
      paramLabel = "COLUMN",
      description = "What the choice earned.")
  private String reward;

  @Option(
      names = "--propensity",
      required = true,
      paramLabel = "COLUMN",
      description = "The probability with which it was chosen, above 0.")
  private String propensity;

  @Option(
      names = "--target",
      required = true,
      paramLabel = "COLUMN",
      description = "The probability with which the other policy chooses it.")
  private String target;

  @Option(
      names = "--model-logged",
      paramLabel = "COLUMN",
      description = "What a model expects the choice to earn.")
  private String modelLogged;

  @Option(
      names = "--model-target",
      paramLabel = "COLUMN",
      description = "What it expects the other policy to earn in the same situation.")
  private String modelTarget;

  @Option(
      names = "--clip",
      paramLabel = "W",
      description = "Cut weights target / propensity above this (default: none is cut).")
  private double clip = Double.POSITIVE_INFINITY;

  @Override
  protected void run() {
    if ((modelLogged == null) != (modelTarget == null)) {
      throw usage("--model-logged and --model-target go together");
    }
    if (!(clip > 0)) {
      throw usage("--clip is " + clip + ", must be more than 0");
    }
    List<String> columns = new ArrayList<>(List.of(reward, propensity, target));
    if (modelLogged != null) {
      columns.add(modelLogged);
      columns.add(modelTarget);
    }
    TextColumns table =
        TextColumns.read(TableSource.of(log), columns, ReadLimits.strict(), progress());
    OffPolicy off = off(table);
    Map<String, OffPolicy.Estimate> estimates = new LinkedHashMap<>();
    estimates.put("logged", off.logged());
    estimates.put("ips", off.ips());
    estimates.put("snips", off.snips());
    if (modelLogged != null) {
      double[] ofTarget = numbers(table, modelTarget);
      estimates.put("doubly robust", off.doublyRobust(numbers(table, modelLogged), ofTarget));
      estimates.put("direct", off.directMethod(ofTarget));
    }
    report(off, estimates);
    if (off.effectiveSampleSize() < Math.max(FEW, .05 * off.size())) {
      note(
          String.format(
              Locale.ROOT,
              "warning: the estimates rest on %.0f of %,d choices, or the policies differ much:"
                  + " clip, or log more, with more exploration",
              off.effectiveSampleSize(),
              off.size()));
    }
    if (off.meanWeight() < .9 && off.clipped() > 0) {
      note(
          String.format(
              Locale.ROOT,
              "warning: what --clip cut leaves a mean weight of %.3f where it should be near 1, so"
                  + " ips is too small by about as much: clip less, or read snips or doubly robust",
              off.meanWeight()));
    }
    if (Math.abs(off.meanWeight() - 1) > .1 && off.clipped() == 0) {
      note(
          String.format(
              Locale.ROOT,
              "warning: the mean weight is %.3f, it should be near 1: check that propensity and"
                  + " target are probabilities of the same choice",
              off.meanWeight()));
    }
  }

  /** Takes the log of choices; what it can't take is named by file and line. */
  private OffPolicy off(TextColumns table) {
    if (table.rows() == 0) {
      throw new InputException(log + ": has no row; give a log with one choice a row");
    }
    double[] rewards = numbers(table, reward);
    double[] propensities = numbers(table, propensity);
    double[] targets = numbers(table, target);
    OffPolicy.unusable(rewards, propensities, targets)
        .ifPresent(
            bad -> {
              throw wrong(table, bad.choice(), bad.thing() + " " + bad.problem());
            });
    return new OffPolicy(rewards, propensities, targets, clip);
  }

  /** A column of which every choice has a number. */
  private double[] numbers(TextColumns table, String column) {
    double[] values = table.numbers(column, ReadLimits.strict());
    for (int row = 0; row < values.length; row++) {
      if (Double.isNaN(values[row])) {
        throw wrong(table, row, "column '" + column + "' is empty; every choice needs a number");
      }
    }
    return values;
  }

  private InputException wrong(TextColumns table, int row, String what) {
    return new InputException(log + ": line " + table.line(row) + ": " + what);
  }

  private void report(OffPolicy off, Map<String, OffPolicy.Estimate> estimates) {
    if (json()) {
      estimates.forEach(
          (name, e) -> {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("estimator", name);
            line.put("value", orNull(e.value()));
            line.put("standardError", orNull(e.standardError()));
            line.put("low", orNull(e.low()));
            line.put("high", orNull(e.high()));
            line.put("choices", off.size());
            line.put("effectiveSampleSize", off.effectiveSampleSize());
            line.put("meanWeight", off.meanWeight());
            line.put("largestWeight", off.largestWeight());
            line.put("clipped", off.clipped());
            jsonLines().write(line);
          });
      return;
    }
    TextTable table = new TextTable("estimator", ">value", ">95% low", ">high", ">standard error");
    estimates.forEach(
        (name, e) ->
            table.row(
                name,
                figure(e.value()),
                figure(e.low()),
                figure(e.high()),
                figure(e.standardError())));
    table.print(out());
    out()
        .printf(
            Locale.ROOT,
            "%n%,d choices, effective sample size %,.0f, mean weight %.3f, largest %.1f, %,d cut%n",
            off.size(),
            off.effectiveSampleSize(),
            off.meanWeight(),
            off.largestWeight(),
            off.clipped());
  }

  /** JSON has no NaN: what can't be estimated is null. */
  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.5f", value);
  }
}
