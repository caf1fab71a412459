package dev.kindred.app.config;

import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.data.ReadLimits;
import dev.kindred.engine.data.TableSource;
import dev.kindred.engine.mmoe.BiasMode;
import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.mmoe.Sharing;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.nn.Optimizer;
import dev.kindred.engine.nn.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code kindred mmoe} is to learn from which columns of a table: a TOML file.
 *
 * @param source the table
 * @param limits of bad rows and bad numbers
 * @param inputs columns that the network sees
 * @param bias columns that only the bias tower sees; may be empty
 * @param tasks what to predict
 * @param split which rows are for training, validation and test
 * @param lists columns by which shown lists are ranked again, if they are
 * @param options of the network
 */
public record MmoeSpec(
    TableSource source,
    ReadLimits limits,
    List<Column> inputs,
    List<Column> bias,
    List<TaskColumn> tasks,
    Split split,
    Optional<Lists> lists,
    MmoeOptions options) {

  /** What a column holds. */
  public enum Kind {
    CATEGORICAL,
    /** Categories of which later rows bring ever new ones. */
    ID,
    /** Several categories in a cell. */
    MULTI,
    NUMERIC,
    /** A number, divided by its mean over the rows of a group. */
    RELATIVE
  }

  /**
   * An input.
   *
   * @param column its name
   * @param kind of its values
   * @param separator of the values of a MULTI cell
   * @param group columns whose texts tell the groups of RELATIVE numbers apart; else empty
   * @param buckets values are hashed into so many instead of kept in a vocabulary; 0 = they are
   *     kept
   */
  public record Column(
      String column, Kind kind, String separator, List<String> group, int buckets) {
    /** Whether its values depend on this column of the table. */
    boolean reads(String name) {
      return column.equals(name) || group.contains(name);
    }

    /** The key that it stands under. */
    private String key() {
      return switch (kind) {
        case CATEGORICAL -> buckets > 0 ? "hashed" : "categorical";
        case ID -> "ids";
        case MULTI -> "multi";
        case NUMERIC -> "numeric";
        case RELATIVE -> "relative";
      };
    }

    /**
     * Whether both read a column the same way, which gives two features of one name. Frequent
     * values as categories beside all as numbers are two, and so are a number and its relative.
     */
    private boolean isSameFeature(Column other) {
      if (!column.equals(other.column)) {
        return false;
      }
      boolean isNumber = kind == Kind.NUMERIC || kind == Kind.RELATIVE;
      boolean isOtherNumber = other.kind == Kind.NUMERIC || other.kind == Kind.RELATIVE;
      return isNumber && isOtherNumber
          ? kind == other.kind
          : isNumber == isOtherNumber || kind == Kind.NUMERIC && other.kind == Kind.MULTI;
    }
  }

  /**
   * What to predict.
   *
   * @param task its name, kind and weight
   * @param column of its label
   * @param positive the text of a positive label; empty = by number
   * @param atLeast a number from which on a label is positive
   */
  public record TaskColumn(Task task, String column, String positive, double atLeast) {}

  /** How rows are told apart. */
  public enum SplitBy {
    /** Each row is drawn. */
    RANDOM,
    /** All rows of a value of a column are drawn together: users, sessions. */
    COLUMN,
    /** The latest rows are the test part. */
    TIME
  }

  /**
   * The three parts.
   *
   * @param by what
   * @param column of the value or of the time; empty for RANDOM
   * @param validation share of the rows to stop training by
   * @param test share of the rows to measure on
   * @param seed of the draws, apart from the network's
   */
  public record Split(SplitBy by, String column, double validation, double test, long seed) {
    public Split {
      if (!(validation >= 0 && test > 0 && validation + test < 1)) {
        throw new IllegalArgumentException(
            "validation and test are %s and %s, must be 0 or more, more than 0, and less than 1 in sum"
                .formatted(validation, test));
      }
      if (by != SplitBy.RANDOM && column.isEmpty()) {
        throw new IllegalArgumentException("a split by " + by + " needs a column");
      }
    }
  }

  /**
   * Shown lists, to be ranked again by the score of a task without the bias tower.
   *
   * @param group columns whose texts tell lists apart: the session, and which of its lists it is
   * @param position column of the place in the list, from 1
   * @param task whose score and labels count, a binary one
   * @param clip least probability of being looked at that a click is divided by
   */
  public record Lists(List<String> group, String position, String task, double clip) {
    public Lists {
      group = List.copyOf(group);
      if (!(clip > 0 && clip <= 1)) {
        throw new IllegalArgumentException("clip is " + clip + ", must be in (0, 1]");
      }
    }
  }

  public MmoeSpec {
    inputs = List.copyOf(inputs);
    bias = List.copyOf(bias);
    tasks = List.copyOf(tasks);
  }

  /**
   * Reads a specification.
   *
   * @param data the table instead of the one that the file names; its format is the one that the
   *     file gives, or else that of its own name
   * @throws dev.kindred.engine.data.InputException if it is missing or wrong
   */
  public static MmoeSpec read(Path file, Optional<Path> data) throws IOException {
    Section top =
        Section.read(
            file, "specification", "--spec", "it needs [table], [inputs] and one [[tasks]]");
    Section table =
        top.section("table").orElseThrow(() -> top.wrong("table", "is missing: write [table]"));
    TableSource source = TableConfig.source(table, data);
    ReadLimits limits = TableConfig.limits(table);
    table.finish();
    List<Column> inputs = columns(top.sectionOrEmpty("inputs"));
    Section biasSection = top.sectionOrEmpty("bias");
    BiasMode mode = biasSection.choice("mode", BiasMode.ADDITIVE);
    double biasDropout = biasSection.share("dropout", MmoeOptions.defaults().biasDropout());
    List<Integer> biasHidden =
        biasSection.integers(
            "hidden", MmoeOptions.defaults().biasHidden(), 1, MmoeOptions.MAX_WIDTH);
    List<Column> bias = columns(biasSection);
    if (mode == BiasMode.MULTIPLICATIVE && biasSection.has("dropout")) {
      throw biasSection.wrong(
          "dropout", "is for mode = \"additive\": a row can't do without a factor; take it out");
    }
    for (String key : List.of("mode", "dropout", "hidden")) {
      if (bias.isEmpty() && biasSection.has(key)) {
        throw biasSection.wrong(
            key, "has no effect without columns: name one or more, or leave [bias] out");
      }
    }
    if (bias.stream().anyMatch(column -> column.kind() == Kind.ID)) {
      throw biasSection.wrong(
          "ids", "is for inputs: the bias tower reads no value as unknown; write categorical");
    }
    if (inputs.isEmpty()) {
      throw top.wrong(
          "inputs", "names no column: give categorical, ids, multi, numeric or relative");
    }
    List<TaskColumn> tasks = tasks(top, !bias.isEmpty());
    Split split = split(top.sectionOrEmpty("split"), tasks);
    Optional<Lists> lists = top.section("lists").map(section -> lists(section, tasks));
    boolean ids = inputs.stream().anyMatch(column -> column.kind() == Kind.ID);
    Section network = top.sectionOrEmpty("network");
    MmoeOptions options =
        network(network, ids)
            .withBiasMode(mode)
            .withBiasDropout(biasDropout)
            .withBiasHidden(biasHidden);
    top.finish();
    refuseLeaks(top, inputs, bias, tasks);
    lists.ifPresent(each -> refusePosition(top, inputs, each));
    return new MmoeSpec(source, limits, inputs, bias, tasks, split, lists, options);
  }

  private static List<Column> columns(Section section) {
    String separator = section.text("separator", "|");
    List<String> group = section.textOrTexts("group");
    int buckets = section.integer("buckets", 0);
    List<Column> columns = new ArrayList<>();
    section.texts("categorical").forEach(c -> columns.add(column(c, Kind.CATEGORICAL)));
    section.texts("ids").forEach(c -> columns.add(column(c, Kind.ID)));
    for (String name : section.texts("hashed")) {
      if (buckets < 1) {
        throw section.wrong("buckets", "is " + buckets + ", must be at least 1 for hashed columns");
      }
      columns.add(new Column(name, Kind.CATEGORICAL, "", List.of(), buckets));
    }
    section
        .texts("multi")
        .forEach(c -> columns.add(new Column(c, Kind.MULTI, separator, List.of(), 0)));
    section.texts("numeric").forEach(c -> columns.add(column(c, Kind.NUMERIC)));
    for (String name : section.texts("relative")) {
      if (group.isEmpty()) {
        throw section.wrong("group", "is missing: relative numbers need the column of a group");
      }
      columns.add(new Column(name, Kind.RELATIVE, "", group, 0));
    }
    section.finish();
    refuseIdle(
        section, "separator", "multi", columns.stream().anyMatch(c -> c.kind() == Kind.MULTI));
    refuseIdle(
        section, "group", "relative", columns.stream().anyMatch(c -> c.kind() == Kind.RELATIVE));
    refuseIdle(section, "buckets", "hashed", columns.stream().anyMatch(c -> c.buckets() > 0));
    refuseTwice(section, columns);
    return columns;
  }

  private static void refuseTwice(Section section, List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      for (Column earlier : columns.subList(0, i)) {
        if (column.isSameFeature(earlier)) {
          throw section.wrong(
              column.key(),
              column.key().equals(earlier.key())
                  ? "names column '%s' twice; take one out".formatted(column.column())
                  : "names column '%s', and so does %s; take it out of one of them"
                      .formatted(column.column(), earlier.key()));
        }
      }
    }
  }

  private static void refuseIdle(Section section, String key, String columns, boolean used) {
    if (!used && section.has(key)) {
      throw section.wrong(
          key, "has no effect without %s columns: name them or take it out".formatted(columns));
    }
  }

  private static Column column(String name, Kind kind) {
    return new Column(name, kind, "", List.of(), 0);
  }

  /**
   * @param hasBias whether there are columns for a bias tower
   */
  private static List<TaskColumn> tasks(Section top, boolean hasBias) {
    List<TaskColumn> tasks = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : top.sections("tasks")) {
      String name = section.text("name");
      Task.Kind kind = section.choice("kind", Task.Kind.BINARY);
      double weight = section.number("weight", 1);
      boolean biased = section.flag("biased", kind == Task.Kind.BINARY);
      String column = section.has("column") ? section.text("column") : name;
      String positive = section.text("positive", "");
      double atLeast = section.number("at-least", 1);
      section.finish();
      if (kind == Task.Kind.REGRESSION && !positive.isEmpty()) {
        throw section.wrong("positive", "is for binary tasks; a regression learns the number");
      }
      if (kind == Task.Kind.REGRESSION && section.has("at-least")) {
        throw section.wrong("at-least", "is for binary tasks; a regression learns the number");
      }
      if (!positive.isEmpty() && section.has("at-least")) {
        throw section.wrong(
            "at-least", "has no effect beside positive, which is a text; take one of them out");
      }
      if (biased && section.has("biased") && !hasBias) {
        throw section.wrong(
            "biased", "has no effect without [bias] columns: name them or take it out");
      }
      if (!names.add(name)) {
        throw section.wrong("name", "\"" + name + "\" is taken by an earlier task");
      }
      Task task = section.make(() -> new Task(name, kind, weight, biased));
      tasks.add(new TaskColumn(task, column, positive, atLeast));
    }
    if (tasks.isEmpty()) {
      throw top.wrong("tasks", "is missing: write one [[tasks]] or more");
    }
    return tasks;
  }

  private static Split split(Section section, List<TaskColumn> tasks) {
    SplitBy by = section.choice("by", SplitBy.RANDOM);
    String column = section.text("column", "");
    double validation = section.number("validation", 0.1);
    double test = section.number("test", 0.2);
    long seed = section.wholeNumber("seed", 1);
    section.finish();
    if (by != SplitBy.RANDOM && column.isEmpty()) {
      throw section.wrong("column", "is missing: rows are split by one");
    }
    if (by == SplitBy.RANDOM && section.has("column")) {
      throw section.wrong(
          "column", "has no effect with by = \"random\": write by = \"column\" or take it out");
    }
    if (by == SplitBy.TIME && section.has("seed")) {
      throw section.wrong(
          "seed", "has no effect with by = \"time\", which draws nothing; take it out");
    }
    refuseLabel(section, "column", column, tasks);
    return section.make(() -> new Split(by, column, validation, test, seed));
  }

  private static Lists lists(Section section, List<TaskColumn> tasks) {
    List<String> group = section.textOrTexts("group");
    if (group.isEmpty()) {
      throw section.missing("group");
    }
    String position = section.text("position");
    List<String> binary =
        tasks.stream()
            .map(TaskColumn::task)
            .filter(each -> each.kind() == Task.Kind.BINARY)
            .map(Task::name)
            .toList();
    if (binary.isEmpty()) {
      throw section.wrong(
          "task",
          "has none to name: lists are rated by clicks; add a binary task or take [lists] out");
    }
    String task = section.text("task", binary.getFirst());
    double clip = section.number("clip", 0.1);
    section.finish();
    if (!binary.contains(task)) {
      boolean isTask = tasks.stream().anyMatch(each -> each.task().name().equals(task));
      throw section.wrong(
          "task",
          "is \"%s\", %s; name one of %s"
              .formatted(
                  task,
                  isTask ? "a regression, which has no clicks" : "no task of this file",
                  String.join(", ", binary)));
    }
    refuseLabel(section, "position", position, tasks);
    return section.make(() -> new Lists(group, position, task, clip));
  }

  /** Rows are split, and lists are shown, before any label is known. */
  private static void refuseLabel(
      Section section, String key, String column, List<TaskColumn> tasks) {
    for (TaskColumn task : tasks) {
      if (task.column().equals(column)) {
        throw section.wrong(
            key,
            "is '%s', the label of task %s; name another column"
                .formatted(column, task.task().name()));
      }
    }
  }

  private static MmoeOptions network(Section section, boolean ids) {
    MmoeOptions d = MmoeOptions.defaults();
    Optimizer optimizer =
        section.choice("optimizer", OptimizerName.of(d.optimizer())).insteadOf(d.optimizer());
    Sharing sharing = section.choice("sharing", d.sharing());
    int experts = section.integer("experts", d.experts(), 1, MmoeOptions.MAX_EXPERTS);
    List<Integer> hidden = section.integers("hidden", d.hidden(), 1, MmoeOptions.MAX_WIDTH);
    if (sharing == Sharing.SHARED_BOTTOM && section.has("experts")) {
      throw section.wrong(
          "experts", "has no effect with sharing = \"shared-bottom\", which has none; take it out");
    }
    if (sharing != Sharing.SHARED_BOTTOM && hidden.isEmpty()) {
      throw section.wrong(
          "hidden",
          "is empty; experts need at least one layer: give its width, or write sharing ="
              + " \"shared-bottom\"");
    }
    List<Integer> towerHidden =
        section.integers("tower-hidden", d.towerHidden(), 1, MmoeOptions.MAX_WIDTH);
    int embeddingDim = section.integer("embedding-dim", d.embeddingDim(), 1, MmoeOptions.MAX_WIDTH);
    double dropout = section.share("dropout", d.dropout());
    double unknownIds = section.share("unknown-ids", d.unknownIds());
    if (!ids && unknownIds != d.unknownIds()) {
      throw section.wrong("unknown-ids", "has no effect without ids among the inputs");
    }
    double rate = section.size("learning-rate", optimizer.learningRate(), false);
    double decay = section.size("weight-decay", optimizer.weightDecay(), true);
    Schedule schedule = section.section("schedule").map(MmoeSpec::schedule).orElse(d.schedule());
    int batch = section.integer("batch", d.batch(), 1, MmoeOptions.MAX_BATCH);
    int epochs = section.integer("epochs", d.epochs(), 1, Integer.MAX_VALUE);
    int patience = section.integer("patience", d.patience(), 0, Integer.MAX_VALUE);
    long seed = section.wholeNumber("seed", d.seed());
    section.finish();
    return section.make(
        () ->
            d.withSharing(sharing)
                .withExperts(experts)
                .withHidden(hidden)
                .withTowerHidden(towerHidden)
                .withEmbeddingDim(embeddingDim)
                .withDropout(dropout)
                .withUnknownIds(unknownIds)
                .withOptimizer(optimizer.withLearningRate(rate).withWeightDecay(decay))
                .withSchedule(schedule)
                .withBatch(batch)
                .withEpochs(epochs)
                .withPatience(patience)
                .withSeed(seed));
  }

  private static Schedule schedule(Section section) {
    Schedule.Shape shape = section.choice("shape", Schedule.Shape.CONSTANT);
    int warmUp = section.integer("warm-up", 0, 0, Integer.MAX_VALUE);
    int steps = section.has("steps") ? section.integer("steps", 1, 1, Integer.MAX_VALUE) : 0;
    double factor = section.number("factor", 0.5);
    section.finish();
    if (shape == Schedule.Shape.CONSTANT && section.has("steps")) {
      throw section.wrong(
          "steps",
          "has no effect with shape = \"constant\": write \"cosine\" or \"steps\", or take it out");
    }
    if (shape != Schedule.Shape.STEPS && section.has("factor")) {
      throw section.wrong(
          "factor",
          "has no effect with shape = \"%s\": write \"steps\" or take it out"
              .formatted(ConstantName.of(shape)));
    }
    if (shape == Schedule.Shape.STEPS && steps == 0) {
      throw section.wrong(
          "steps", "is missing: the rate falls by factor every so many steps, of a batch each");
    }
    if (!(factor > 0 && factor <= 1)) {
      throw section.wrong("factor", "is " + factor + ", must be more than 0 and at most 1");
    }
    if (shape == Schedule.Shape.COSINE && steps > 0 && warmUp >= steps) {
      throw section.wrong("warm-up", "is %d, must be less than steps, %d".formatted(warmUp, steps));
    }
    return new Schedule(warmUp, shape, steps, shape == Schedule.Shape.STEPS ? factor : 1);
  }

  private static void refuseLeaks(
      Section top, List<Column> inputs, List<Column> bias, List<TaskColumn> tasks) {
    for (TaskColumn task : tasks) {
      for (List<Column> part : List.of(inputs, bias)) {
        if (part.stream().anyMatch(column -> column.reads(task.column()))) {
          throw top.wrong(
              "inputs",
              "or bias names column '%s', which is the label of task %s; take it out"
                  .formatted(task.column(), task.task().name()));
        }
      }
    }
  }

  /** What is served knows no place, so its score must not depend on one. */
  private static void refusePosition(Section top, List<Column> inputs, Lists lists) {
    if (inputs.stream().anyMatch(column -> column.reads(lists.position()))) {
      throw top.wrong(
          "inputs",
          "names column '%s', which is the position of [lists] and not known when a list is ranked; write it under [bias]"
              .formatted(lists.position()));
    }
  }

  /** Every column of the table that is read. */
  public List<String> columns() {
    List<String> columns = new ArrayList<>();
    inputs.forEach(column -> add(columns, column));
    bias.forEach(column -> add(columns, column));
    tasks.forEach(task -> columns.add(task.column()));
    if (!split.column().isEmpty()) {
      columns.add(split.column());
    }
    lists.ifPresent(
        each -> {
          columns.addAll(each.group());
          columns.add(each.position());
        });
    return columns;
  }

  private static void add(List<String> columns, Column column) {
    columns.add(column.column());
    columns.addAll(column.group());
  }
}
