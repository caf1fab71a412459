package dev.kindred.app.command;

import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.app.evaluation.Evaluation;
import dev.kindred.app.evaluation.EvaluationText;
import dev.kindred.app.evaluation.GivenTests;
import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.evaluation.LaterItemsScore;
import dev.kindred.app.evaluation.NextItemComparison;
import dev.kindred.app.evaluation.PersonalisedEvaluation;
import dev.kindred.app.evaluation.SnapshotLists;
import dev.kindred.app.evaluation.Subject;
import dev.kindred.app.report.EvaluationPage;
import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.ReadReport;
import dev.kindred.engine.data.Splits;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kindred evaluate}: related lists against the part of a log that they have not seen. */
@Command(
    name = "evaluate",
    description = {
      "Hold out the end of a log, train on the rest, and measure related lists and scores on"
          + " what came later, beside popularity and co-occurrence.",
      "Tells ranking metrics with intervals and paired tests, parts of users and items,"
          + " calibration, coverage and diversity."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred evaluate --config site.toml",
      "  kindred evaluate --config site.toml --holdout 0.1 --split user -k 5,20 --json",
      "  kindred evaluate --config site.toml --segment genres --report evaluation.html",
      "  kindred evaluate --config site.toml --out snapshots/",
      "  kindred evaluate --config site.toml --model snapshots/",
      "  kindred evaluate --table1 --world short-video --seeds 5",
      "  kindred evaluate --ablations"
    })
final class EvaluateCommand extends KindredCommand {
  private static final double USUAL_SHARE = 0.2;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "What the columns mean, and options: see docs/configuration.md.")
  private Path config;

  @Option(
      names = "--holdout",
      paramLabel = "SHARE",
      description = "Share of the rows to hold out (default: 0.2, or what --model held out).")
  private Double share;

  @Option(
      names = "--split",
      paramLabel = "BY",
      completionCandidates = ConstantNames.Splits.class,
      description =
          "time: what is later than one moment; user: the end of each user's rows (default: time"
              + " where the rows have one).")
  private Holdout.By by;

  @Option(
      names = "-k",
      split = ",",
      paramLabel = "N",
      defaultValue = "10,20",
      description = "Lengths of the lists (default: ${DEFAULT-VALUE}).")
  private List<Integer> ks;

  @Option(
      names = "--segment",
      split = ",",
      paramLabel = "FIELD",
      description =
          "Fields of the catalogue to divide the steps by, beside activity and popularity.")
  private List<String> segments = List.of();

  @Option(
      names = "--als",
      description = "Train one ALS for each objective alone too, and list its nearest items.")
  private boolean als;

  @Option(
      names = "--test",
      paramLabel = "OBJECTIVE=FILE",
      description =
          "Hold nothing out: rank all items for the users of this file of pairs, with the"
              + " columns of user and item named as in the log. Give one for each objective to be"
              + " tested.")
  private Map<String, Path> tests = Map.of();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page with plots there: one HTML file that needs no network.")
  private Path report;

  @Option(
      names = "--paper",
      description = "Follow the source paper to the letter instead of the sound reading.")
  private boolean paper;

  @Mixin private PipelineVariantGroup variant;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Publish the snapshot that was trained on the rest.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Train nothing, evaluate this snapshot.")
  private Path model;

  @Mixin private WorldExperimentGroup worlds;

  @Option(
      names = "--personalised",
      description = "Evaluate the lists for users instead of those for items.")
  private boolean personalised;

  @Override
  protected void run() throws IOException {
    if (worlds.isAsked()) {
      if (config != null || model != null || out != null) {
        throw usage("experiments in a world need no data: leave out --config, --model and --out");
      }
      if (personalised || als || report != null || !tests.isEmpty() || !segments.isEmpty()) {
        throw usage(
            "experiments in a world have no --personalised, --als, --report, --test or --segment");
      }
      if (share != null || by != null) {
        throw usage("experiments in a world hold nothing out: leave out --holdout and --split");
      }
      PipelineOptions base = paper ? PipelineOptions.paper() : WorldExperimentGroup.pipeline();
      PipelineOptions asked = options(() -> variant.over(base));
      worlds.run(this, seed().isPresent() ? asked.withSeed(seed().getAsLong()) : asked);
      return;
    }
    if (config == null) {
      throw usage("give --config FILE, or --table1, --ablations or --controls");
    }
    List<String> ofWorlds = worlds.given(this);
    if (!ofWorlds.isEmpty()) {
      throw usage(
          "only experiments in a world have "
              + String.join(", ", ofWorlds)
              + ": leave that out, or give --table1, --ablations or --controls in place of"
              + " --config");
    }
    for (int k : ks) {
      if (k < 1) {
        throw usage("-k is " + k + ", must be 1 or more");
      }
    }
    if (model != null && (out != null || paper || variant.isGiven())) {
      throw usage("--model trains nothing: leave out --out, --paper and --no-...");
    }
    if (personalised && (model != null || out != null)) {
      throw usage("--personalised trains and publishes nothing: leave out --model and --out");
    }
    if (personalised && (als || report != null || !tests.isEmpty() || !segments.isEmpty())) {
      throw usage("--personalised has no --als, --report, --test or --segment");
    }
    if (!tests.isEmpty() && !segments.isEmpty()) {
      throw usage("--test divides nothing: leave out --segment");
    }
    if (!tests.isEmpty() && (share != null || by != null || report != null || als)) {
      throw usage("--test holds nothing out: leave out --holdout, --split, --report and --als");
    }
    if (!tests.isEmpty() && (model != null || out != null)) {
      throw usage("--test trains on the whole log: leave out --model and --out");
    }
    if (share != null) {
      options(() -> new Holdout(share, Holdout.By.USER)); // checks the share before reading
    }
    TrainConfig read = TrainConfig.read(config, paper);
    GivenTests.requireDeclared(read.objectives(), tests);
    if (report != null) {
      files(read).writes("--report", report).requireApart(this);
      Destination.fileWithParents(report); // before the work: a wrong place shows now
    }
    try (Workers workers = Workers.of(threads())) {
      if (personalised) {
        evaluatePersonalised(read, workers);
      } else if (!tests.isEmpty()) {
        evaluateGiven(read, workers);
      } else if (model != null) {
        evaluateSnapshot(read, workers);
      } else if (out == null) {
        evaluateTraining(read, Optional.empty(), workers);
      } else {
        try (Publishing publishing = Publishing.under(out)) {
          evaluateTraining(read, Optional.of(publishing), workers);
        }
      }
    }
  }

  private RunFiles files(TrainConfig read) {
    RunFiles files = new RunFiles().reads("--config", config);
    files.reads("[events] of --config", read.events().source().file());
    read.items().ifPresent(t -> files.reads("[items] of --config", t.source().file()));
    read.users().ifPresent(t -> files.reads("[users] of --config", t.source().file()));
    read.searches().ifPresent(t -> files.reads("[searches] of --config", t.source().file()));
    return files;
  }

  /** Trains on the rest; publishes it if there is a place for it. */
  private void evaluateTraining(TrainConfig read, Optional<Publishing> publishing, Workers workers)
      throws IOException {
    PipelineInput input = input(read);
    Holdout holdout = holdout(input.events(), Optional.empty());
    Splits.Split split = holdout.split(input.events());
    PipelineInput part = input.trainingPart(split);
    PipelineOptions options = pipelineOptions(read);
    if (publishing.isPresent()) {
      publishing.get().place().requireSnapshotSpace(part, options, this::note);
    }
    TrainedPipeline trained = Pipeline.train(part, options, workers, progress());
    notes(trained.notes());
    Map<String, Object> facts = new LinkedHashMap<>();
    if (publishing.isPresent()) {
      Path snapshot =
          publishing
              .get()
              .publish(
                  writer -> {
                    trained.writeTo(writer);
                    writer.option(Holdout.OPTION, holdout.json());
                  });
      facts.put("snapshot", snapshot.toString());
    }
    facts.put(
        "trainSeconds", trained.seconds().values().stream().mapToDouble(Double::doubleValue).sum());
    facts.put("modelHashes", trained.modelHashes());
    report(Subject.of(trained), input, split, holdout, facts, workers);
  }

  /** Trains on all and ranks for the users of given test files. */
  private void evaluateGiven(TrainConfig read, Workers workers) {
    PipelineInput input = input(read);
    GivenTests given = GivenTests.read(input.events(), read.events().columns(), tests, progress());
    given.notes().forEach(this::note);
    PipelineOptions options = pipelineOptions(read);
    options = options.withListLength(Math.max(options.listLength(), GivenTests.LIST));
    TrainedPipeline trained = Pipeline.train(input, options, workers, progress());
    notes(trained.notes());
    RelatedTable table = trained.table();
    // Of one pair log-odds add up; over the items that a user met, the odds do.
    boolean logOdds = options.merge() == Merge.CALIBRATED;
    List<LaterItemsScore> scores =
        given.scores(
            (item, n, items, values) -> {
              int length = Math.min(n, table.count(item));
              for (int rank = 0; rank < length; rank++) {
                items[rank] = table.item(item, rank);
                float score = table.score(item, rank);
                values[rank] = logOdds ? (float) Math.exp(score) : score;
              }
              return length;
            },
            ks,
            options.als(),
            workers,
            progress());
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("config", config.toString());
      line.put("trainRows", input.events().size());
      line.put("modelHashes", trained.modelHashes());
      jsonLines().write(line);
      scores.forEach(score -> jsonLines().write(score.json()));
    } else {
      out().printf(Locale.ROOT, "%s: %,d rows trained on%n", config, input.events().size());
      new EvaluationText(out()).printGiven(scores);
    }
  }

  private void evaluatePersonalised(TrainConfig read, Workers workers) throws IOException {
    if (read.options().rank().isEmpty()) {
      throw usage("--personalised needs lists for users: put enabled = true under [rank]");
    }
    PipelineInput input = input(read);
    Holdout holdout = holdout(input.events(), Optional.empty());
    Splits.Split split = holdout.split(input.events());
    PersonalisedEvaluation result =
        PersonalisedEvaluation.run(
            input,
            pipelineOptions(read).withRank(read.options().rank()),
            split,
            ks,
            workers,
            progress());
    notes(result.notes());
    if (json()) {
      result.json().forEach(jsonLines()::write);
    } else {
      out().println(config + ": " + holdout + " held out");
      result.text(out());
    }
    result.losses().forEach(loss -> note("warning: " + loss));
  }

  private void evaluateSnapshot(TrainConfig read, Workers workers) throws IOException {
    try (Snapshot snapshot = SnapshotOption.snapshot(model)) {
      int longest = ks.stream().mapToInt(Integer::intValue).max().orElseThrow();
      if (longest > snapshot.manifest().listLength()) {
        throw usage(
            "-k is "
                + longest
                + ", but the lists of the snapshot have "
                + snapshot.manifest().listLength()
                + " items");
      }
      PipelineInput input = input(read);
      Events events = input.events();
      Optional<Holdout> left = Holdout.of(snapshot.manifest());
      Holdout holdout = holdout(events, left);
      if (left.isEmpty()) {
        note(
            "warning: the snapshot was trained on all rows of its log: if that is this log, it has"
                + " seen what is asked here and the figures flatter it");
      } else if (!left.get().equals(holdout)) {
        note(
            "warning: the snapshot was trained on all but "
                + left.get()
                + ": it may have seen a part of what is asked here");
      }
      SnapshotLists lists = new SnapshotLists(snapshot, events.items());
      if (lists.known() < events.items().size()) {
        note(
            (events.items().size() - lists.known())
                + " of the "
                + events.items().size()
                + " items are unknown to the snapshot and have no list");
      }
      if (lists.known() < snapshot.items().size()) {
        note(
            (snapshot.items().size() - lists.known())
                + " of the snapshot's "
                + snapshot.items().size()
                + " items are unknown to the log and its catalogue: is it of this site?");
      }
      Map<String, Object> facts = new LinkedHashMap<>();
      facts.put("snapshot", snapshot.directory().toString());
      Subject subject = Subject.of(snapshot, lists);
      report(subject, input, holdout.split(events), holdout, facts, workers);
    }
  }

  private PipelineInput input(TrainConfig read) {
    TrainingData data = TrainingData.read(read, progress());
    data.reports().stream().map(ReadReport::lines).forEach(this::notes);
    Evaluation.checkFields(data.input().items(), segments);
    return data.input();
  }

  private PipelineOptions pipelineOptions(TrainConfig read) {
    if (!variant.isGiven()) { // which says itself what it leaves out
      read.notes().forEach(this::note);
    }
    PipelineOptions chosen = read.options().withRank(Optional.empty());
    if (seed().isPresent()) {
      chosen = chosen.withSeed(seed().getAsLong());
    }
    PipelineOptions whole = chosen;
    chosen = options(() -> variant.over(whole));
    if (out == null) {
      chosen = chosen.withFused(Optional.empty()); // nothing searches it
    }
    int longest = ks.stream().mapToInt(Integer::intValue).max().orElseThrow();
    return chosen.withListLength(Math.max(chosen.listLength(), longest));
  }

  /** What the command line says, else what the snapshot left out, else the usual. */
  private Holdout holdout(Events events, Optional<Holdout> left) {
    double chosenShare = share != null ? share : left.map(Holdout::share).orElse(USUAL_SHARE);
    Holdout usual = Holdout.of(chosenShare, events);
    Holdout.By chosenBy = by != null ? by : left.map(Holdout::by).orElse(usual.by());
    return new Holdout(chosenShare, chosenBy);
  }

  private void report(
      Subject subject,
      PipelineInput input,
      Splits.Split split,
      Holdout holdout,
      Map<String, Object> facts,
      Workers workers)
      throws IOException {
    Optional<AlsOptions> single = als ? Optional.of(AlsOptions.defaults()) : Optional.empty();
    Evaluation evaluation = Evaluation.of(subject, input, split, ks, segments, single, workers);
    if (json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("config", config.toString());
      line.put("holdout", holdout.json());
      line.put("trainRows", split.train().size());
      line.put("heldOutRows", split.test().size());
      line.putAll(facts);
      jsonLines().write(line);
      evaluation.json().forEach(jsonLines()::write);
    } else {
      out().println(heading(split, holdout));
      if (facts.containsKey("snapshot")) {
        out().println("snapshot: " + facts.get("snapshot"));
      }
      new EvaluationText(out()).print(evaluation);
    }
    List<String> losses = NextItemComparison.losses(evaluation.nextItem());
    losses.forEach(loss -> note("warning: " + loss));
    if (report != null) {
      Destination.fileWithParents(report)
          .fill(() -> EvaluationPage.write(report, heading(split, holdout), evaluation, losses));
      note("report: " + report);
    }
  }

  private String heading(Splits.Split split, Holdout holdout) {
    return String.format(
        Locale.ROOT,
        "%s: %,d rows%s, %,d held out: %s",
        config,
        split.train().size(),
        model == null ? " trained on" : " before",
        split.test().size(),
        holdout);
  }
}
