package dev.kindred.app.command;

import dev.kindred.app.experiment.Ablations;
import dev.kindred.app.experiment.Controls;
import dev.kindred.app.experiment.ExperimentJson;
import dev.kindred.app.experiment.ExperimentText;
import dev.kindred.app.experiment.TableOne;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.world.WorldFamily;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Workers;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The experiments of {@code evaluate} that need no data: they are played in simulated worlds. */
final class WorldExperimentGroup {
  private static final int RANK = 24;

  /** Of these options alone. */
  @Spec private CommandSpec spec;

  @Option(
      names = "--table1",
      description = "The nine groups of the source paper's Table 1, trained and played in a world.")
  private boolean table1;

  @Option(
      names = "--ablations",
      description = "The pipeline without each stage, and --paper, played against the default.")
  private boolean ablations;

  @Option(
      names = "--controls",
      description = "Worlds in which nothing may win; --table1 runs them too unless --no-controls.")
  private boolean controls;

  @Option(names = "--no-controls", description = "Leave the controls out of --table1.")
  private boolean noControls;

  @Option(
      names = "--paper-epochs",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Passes of the networks of --ablations' paper() (default: ${DEFAULT-VALUE}, the"
              + " paper's).")
  private int paperEpochs;

  @Option(
      names = "--world",
      paramLabel = "NAME",
      defaultValue = "video",
      description =
          "video, short-video, catalogue; without one thing each: no-noise, retention-independent,"
              + " popularity-only (default: ${DEFAULT-VALUE}).")
  private String world;

  @Option(
      names = "--world-seed",
      paramLabel = "S",
      description = "Seed of the first world (default: 7).")
  private Long worldSeed;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many worlds, of this seed and the next ones (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--world-size",
      paramLabel = "PERCENT",
      defaultValue = "100",
      description = "Items, users and samples of the world, in percent of its own.")
  private int size;

  /**
   * The default pipeline with ALS of a rank that suits a small world, which is about that of the
   * source paper; all groups use it, so that the base is not beaten for too many factors.
   */
  static PipelineOptions pipeline() {
    return PipelineOptions.defaults().withAls(AlsOptions.defaults().withRank(RANK));
  }

  /** Whether one of them is asked for. */
  boolean isAsked() {
    return table1 || ablations || controls;
  }

  /** The options that the user gave of those here, be it with the value of their default. */
  List<String> given(KindredCommand command) {
    return spec.options().stream()
        .map(OptionSpec::longestName)
        .filter(command::isGiven)
        .sorted()
        .toList();
  }

  /** Runs what is asked for with the command's settings. */
  void run(KindredCommand command, PipelineOptions pipeline) {
    if (controls && noControls) {
      throw command.usage("--controls and --no-controls exclude each other: leave out one");
    }
    WorldFamily family = command.options(() -> WorldFamily.of(world));
    WorldOptions own = family.options();
    WorldOptions options;
    try {
      options = Controls.scaled(own, size).withSeed(worldSeed == null ? own.seed() : worldSeed);
    } catch (IllegalArgumentException e) {
      throw command.usage(
          "--world-size is %d percent of world '%s': %s".formatted(size, world, e.getMessage()));
    }
    if (seeds < 1) {
      throw command.usage("--seeds is " + seeds + ", must be 1 or more");
    }
    if (table1 && (!pipeline.linear() || pipeline.tower().isEmpty())) {
      throw command.usage(
          "--table1 has groups of one channel alone: leave out --no-linear and --no-towers");
    }
    // Before anything is played, for a wrong option must not show after an hour.
    Map<String, PipelineOptions> variants =
        command.options(() -> Ablations.variants(pipeline, paperEpochs));
    ExperimentOptions experiment = ExperimentOptions.defaults();
    try (Workers workers = Workers.of(command.threads())) {
      if (controls || table1 && !noControls) {
        List<Controls.Control> made =
            new Controls(size, options.seed(), seeds, pipeline, experiment)
                .run(workers, command.progress());
        if (command.json()) {
          new ExperimentJson(command.jsonLines()).controls(made);
        } else {
          new ExperimentText(command.out()).controls(made);
        }
      }
      if (table1) {
        table1(
            command, new TableOne(family, options, seeds, pipeline, experiment), options, workers);
      }
      if (ablations) {
        Ablations made = new Ablations(options, seeds, variants, experiment);
        ablations(command, family, options, made, workers);
      }
    }
  }

  private void table1(
      KindredCommand command, TableOne table, WorldOptions options, Workers workers) {
    if (command.json()) {
      ExperimentJson json = new ExperimentJson(command.jsonLines());
      json.table(table.run(workers, command.progress(), json::part), options);
    } else {
      ExperimentText text = new ExperimentText(command.out());
      text.world(table.family(), options, seeds);
      text.table(table.run(workers, command.progress(), text::part));
    }
  }

  private void ablations(
      KindredCommand command,
      WorldFamily family,
      WorldOptions options,
      Ablations made,
      Workers workers) {
    if (!command.json()) {
      new ExperimentText(command.out()).world(family, options, seeds);
    }
    List<Ablations.Row> rows = made.run(workers, command.progress(), command::note);
    if (command.json()) {
      new ExperimentJson(command.jsonLines()).ablations(rows, family, options, seeds);
    } else {
      new ExperimentText(command.out()).ablations(rows);
    }
  }
}
