package dev.kindred.app.tasks;

import dev.kindred.app.config.MmoeSpec;
import dev.kindred.app.config.MmoeSpec.Column;
import dev.kindred.app.config.MmoeSpec.TaskColumn;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.TextColumns;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A table as inputs, bias features and labels. Vocabularies and distributions come from the
 * training rows alone; a value that fewer than two of them have reads as unknown.
 *
 * <p>Immutable.
 */
public final class TaskTable {
  private static final int MIN_ROWS = 2;

  private final FeatureTable inputs;
  private final Optional<FeatureTable> bias;
  private final TaskLabels labels;

  private TaskTable(FeatureTable inputs, Optional<FeatureTable> bias, TaskLabels labels) {
    this.inputs = inputs;
    this.bias = bias;
    this.labels = labels;
  }

  /** Encodes what a specification names. */
  public static TaskTable of(TextColumns table, MmoeSpec spec, int[] train) {
    return new TaskTable(
        features(table, spec, spec.inputs(), train),
        spec.bias().isEmpty()
            ? Optional.empty()
            : Optional.of(features(table, spec, spec.bias(), train)),
        labels(table, spec));
  }

  private static FeatureTable features(
      TextColumns table, MmoeSpec spec, List<Column> columns, int[] train) {
    FeatureTable.Builder builder = FeatureTable.builder(table.rows());
    for (Column column : columns) {
      switch (column.kind()) {
        case CATEGORICAL, ID -> categorical(builder, table, column, train);
        case MULTI -> multiple(builder, table, column, train);
        case NUMERIC -> {
          String name = numberName(column, columns);
          numeric(builder, name, table.numbers(column.column(), spec.limits()), train);
        }
        case RELATIVE ->
            numeric(
                builder,
                column.column() + " by " + String.join(" and ", column.group()),
                relative(table, column, spec),
                train);
      }
    }
    return builder.build();
  }

  /** A column may be read both ways: its frequent values as categories, all as numbers. */
  private static String numberName(Column column, List<Column> columns) {
    boolean twice =
        columns.stream()
            .anyMatch(
                c ->
                    c.column().equals(column.column())
                        && (c.kind() == MmoeSpec.Kind.CATEGORICAL || c.kind() == MmoeSpec.Kind.ID));
    return twice ? column.column() + " as a number" : column.column();
  }

  private static void categorical(
      FeatureTable.Builder builder, TextColumns table, Column column, int[] train) {
    String name = column.column();
    Ids vocabulary = table.vocabulary(name);
    int[] codes = table.codes(name);
    if (column.buckets() > 0) {
      Feature feature = Feature.hashed(name, column.buckets());
      int[] values =
          Arrays.stream(codes).map(c -> c < 0 ? -1 : bucket(feature, vocabulary, c)).toArray();
      builder.single(feature, values);
      return;
    }
    int[] rowsOf = new int[vocabulary.size()];
    for (int row : train) {
      if (codes[row] >= 0) {
        rowsOf[codes[row]]++;
      }
    }
    List<String> known = new ArrayList<>();
    int[] translated = new int[rowsOf.length];
    for (int v = 0; v < rowsOf.length; v++) {
      translated[v] = rowsOf[v] >= MIN_ROWS ? known.size() : -1;
      if (rowsOf[v] >= MIN_ROWS) {
        known.add(vocabulary.idOf(v));
      }
    }
    int[] values = Arrays.stream(codes).map(c -> c < 0 ? -1 : translated[c]).toArray();
    Feature feature = Feature.categorical(name, known);
    builder.single(column.kind() == MmoeSpec.Kind.ID ? feature.opened() : feature, values);
  }

  private static int bucket(Feature feature, Ids vocabulary, int code) {
    return feature.bucketOf(vocabulary.idOf(code));
  }

  private static void multiple(
      FeatureTable.Builder builder, TextColumns table, Column column, int[] train) {
    String name = column.column();
    Map<String, Integer> rowsOf = new HashMap<>();
    for (int row : train) {
      for (String value : parts(table.text(name, row), column.separator())) {
        rowsOf.merge(value, 1, Integer::sum);
      }
    }
    List<String> known =
        rowsOf.entrySet().stream()
            .filter(entry -> entry.getValue() >= MIN_ROWS)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    Map<String, Integer> ordinals = new HashMap<>();
    known.forEach(value -> ordinals.put(value, ordinals.size()));
    int[] starts = new int[table.rows() + 1];
    List<Integer> values = new ArrayList<>();
    for (int row = 0; row < table.rows(); row++) {
      for (String value : parts(table.text(name, row), column.separator())) {
        values.add(ordinals.getOrDefault(value, -1));
      }
      starts[row + 1] = values.size();
    }
    int[] flat = values.stream().mapToInt(v -> v).toArray();
    builder.multiple(Feature.categorical(name, known), starts, flat);
  }

  private static List<String> parts(String text, String separator) {
    List<String> parts = new ArrayList<>();
    for (String part : text.split(Pattern.quote(separator))) {
      if (!part.isBlank()) {
        parts.add(part.strip());
      }
    }
    return parts;
  }

  private static void numeric(
      FeatureTable.Builder builder, String name, double[] numbers, int[] train) {
    float[] all = new float[numbers.length];
    float[] trained = new float[train.length];
    for (int row = 0; row < all.length; row++) {
      all[row] = (float) numbers[row];
    }
    for (int i = 0; i < train.length; i++) {
      trained[i] = all[train[i]];
    }
    builder.numeric(Feature.numeric(name, Quantiles.fit(trained)), all);
  }

  private static double[] relative(TextColumns table, Column column, MmoeSpec spec) {
    double[] numbers = table.numbers(column.column(), spec.limits());
    int[] group = table.groups(column.group());
    int groups = Arrays.stream(group).max().orElse(-1) + 1;
    double[] sums = new double[groups];
    int[] counts = new int[groups];
    for (int row = 0; row < numbers.length; row++) {
      if (group[row] >= 0 && !Double.isNaN(numbers[row])) {
        sums[group[row]] += numbers[row];
        counts[group[row]]++;
      }
    }
    for (int row = 0; row < numbers.length; row++) {
      double mean = group[row] < 0 ? Double.NaN : sums[group[row]] / counts[group[row]];
      numbers[row] = mean == 0 ? Double.NaN : numbers[row] / mean;
    }
    return numbers;
  }

  private static TaskLabels labels(TextColumns table, MmoeSpec spec) {
    List<Task> tasks = new ArrayList<>();
    float[][] labels = new float[spec.tasks().size()][table.rows()];
    for (int t = 0; t < labels.length; t++) {
      TaskColumn each = spec.tasks().get(t);
      tasks.add(each.task());
      boolean byText = !each.positive().isEmpty();
      int positive = byText ? table.vocabulary(each.column()).ordinalOf(each.positive()) : -1;
      if (byText && positive < 0) {
        throw new InputException(
            spec.source().file()
                + ": no row has '"
                + each.positive()
                + "' in column '"
                + each.column()
                + "', the positive label of task "
                + each.task().name());
      }
      double[] numbers = byText ? new double[0] : table.numbers(each.column(), spec.limits());
      for (int row = 0; row < table.rows(); row++) {
        int code = table.code(each.column(), row);
        if (code == TextColumns.MISSING || !byText && Double.isNaN(numbers[row])) {
          labels[t][row] = Float.NaN;
        } else if (each.task().kind() == Task.Kind.REGRESSION) {
          labels[t][row] = (float) numbers[row];
        } else {
          boolean yes = byText ? code == positive : numbers[row] >= each.atLeast();
          labels[t][row] = yes ? 1 : 0;
        }
      }
    }
    return TaskLabels.of(tasks, labels);
  }

  public FeatureTable inputs() {
    return inputs;
  }

  /** What the bias tower sees, if there is one. */
  public Optional<FeatureTable> bias() {
    return bias;
  }

  public TaskLabels labels() {
    return labels;
  }
}
