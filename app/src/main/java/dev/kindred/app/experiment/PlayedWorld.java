package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.ExperimentReport;
import dev.kindred.engine.experiment.Group;
import dev.kindred.engine.experiment.LiveExperiment;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.List;

/**
 * A world with its log to learn from and its users to play to afterwards.
 *
 * @param world what is true
 * @param input what may be learned from
 * @param clicks of the log
 * @param popular lists of the most clicked items
 */
record PlayedWorld(World world, PipelineInput input, Interactions clicks, BaselineLists popular) {
  static final int CLICK = 0;

  /** Long enough to fill a list after a visit of many. */
  private static final int POPULAR = 400;

  static PlayedWorld of(WorldOptions options) {
    World world = World.generate(options);
    Interactions clicks = world.events().interactions(CLICK, RowFilter.ALL);
    return new PlayedWorld(
        world,
        new PipelineInput(world.events(), world.items(), world.users()),
        clicks,
        BaselineLists.popularity(clicks, POPULAR));
  }

  /** Plays groups to the users; short lists are filled up with what is popular. */
  ExperimentReport play(
      List<Group> groups, ExperimentOptions options, Workers workers, Progress progress) {
    return LiveExperiment.run(
        world, groups, popular, options.withSeed(world.options().seed()), workers, progress);
  }
}
