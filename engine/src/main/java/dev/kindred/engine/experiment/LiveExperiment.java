package dev.kindred.engine.experiment;

import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.world.Look;
import dev.kindred.engine.world.Viewer;
import dev.kindred.engine.world.World;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.BitSet;
import java.util.List;

/**
 * Plays lists to the users of a world from the end of its log on (the protocol of "A Multi-Task
 * Learning Algorithm for Non-personalized Recommendations", section 5.1: groups of equal volume, an
 * A/A week, then two weeks).
 *
 * <p>A user who comes begins with an item; beside what is watched stands a list, positions are
 * looked at by the world's curve, and the visit goes on from what was watched last. Good visits
 * make the next ones likelier. Every user lives once in every group, each time with the same draws
 * by day, list and position: what differs between two lives comes from the lists.
 *
 * <p>The same for any number of threads. Stateless.
 */
public final class LiveExperiment {
  private static final int DAYS_APART = 1_000; // the A/A days have draws of their own
  private static final int GRAIN = 16;
  private static final int FIRST = 0; // keys of the draws of a visit
  private static final int LOOKS = 1;
  private static final int POSITIONS = 64;

  private LiveExperiment() {}

  /**
   * Runs an experiment.
   *
   * @param groups the first is the base
   * @param fallback fills lists that are too short, the same in all groups
   */
  public static ExperimentReport run(
      World world,
      List<Group> groups,
      RelatedLists fallback,
      ExperimentOptions options,
      Workers workers,
      Progress progress) {
    if (groups.isEmpty()) {
      throw new IllegalArgumentException("an experiment needs at least one group");
    }
    int users = world.users().ids().size();
    GroupAssignment assignment = new GroupAssignment(options.seed(), groups.size());
    int[][] split = assignment.split(world.users().ids());
    Tally[] tallies = new Tally[groups.size()];
    SplitCheck check;
    try (Progress.Stage stage =
        progress.stage("play lists to users", (groups.size() + 1L) * users)) {
      Tally same = new Tally(users);
      Run run = new Run(world, fallback, options, workers, stage);
      run.play(groups.getFirst().lists(), DAYS_APART, options.checkDays(), same);
      check = SplitCheck.of(same, split);
      for (int g = 0; g < tallies.length; g++) {
        tallies[g] = new Tally(users);
        run.play(groups.get(g).lists(), 0, options.days(), tallies[g]);
      }
    }
    return new ExperimentReport(groups, tallies, split, check);
  }

  private record Run(
      World world,
      RelatedLists fallback,
      ExperimentOptions options,
      Workers workers,
      Progress.Stage stage) {

    void play(ListPolicy lists, int firstDay, int days, Tally tally) {
      Life[] lives = new Life[workers.threads()];
      workers.forEachRange(
          tally.users(),
          GRAIN,
          (from, to, worker) -> {
            if (lives[worker] == null) {
              lives[worker] = new Life(world, fallback, options);
            }
            for (int user = (int) from; user < to; user++) {
              lives[worker].live(user, lists, firstDay, days, tally);
            }
            stage.add(to - from);
          });
    }
  }

  /** Lives of users, one after another, on one thread. */
  private static final class Life {
    private final RelatedLists fallback;
    private final ExperimentOptions options;
    private final Viewer viewer;
    private final Draws draws;
    private final double[] examination; // by position, from 1
    private final int[] shown;
    private final int[] candidates;
    private final BitSet played = new BitSet(); // in this visit: not shown again
    private int filled;

    Life(World world, RelatedLists fallback, ExperimentOptions options) {
      this.fallback = fallback;
      this.options = options;
      viewer = world.viewer();
      draws = Draws.of(options.seed(), "experiment");
      int length = world.options().listLength();
      shown = new int[length];
      candidates = new int[length * (ExperimentOptions.MAX_LISTS + 1)];
      examination = new double[length + 1];
      for (int position = 1; position <= length; position++) {
        examination[position] = world.examination(position);
      }
    }

    void live(int user, ListPolicy lists, int firstDay, int days, Tally tally) {
      viewer.become(user);
      for (int day = firstDay; day < firstDay + days; day++) {
        tally.add(Tally.DAYS, user, 1);
        draws.reset(user, day, FIRST);
        if (viewer.visits(draws)) {
          tally.add(Tally.VISITS, user, 1);
          long count = Math.round(options.lists() * (.5 + draws.nextDouble()));
          visit(user, day, (int) Math.max(1, count), viewer.firstItem(draws), lists, tally);
        }
      }
    }

    private void visit(int user, int day, int count, int firstItem, ListPolicy lists, Tally tally) {
      played.clear();
      played.set(firstItem);
      int source = firstItem;
      boolean watched = false;
      for (int l = 0; l < count; l++) {
        int beside = source;
        boolean besideWatched = watched;
        int length = fill(user, beside, lists);
        tally.add(Tally.LISTS, user, 1);
        tally.add(Tally.SHOWN, user, length);
        tally.add(Tally.FILLED, user, filled);
        for (int place = 0; place < length; place++) {
          draws.reset(user, day, LOOKS + (long) l * POSITIONS + place);
          if (draws.nextDouble() >= examination[place + 1]) {
            continue;
          }
          int item = shown[place];
          Look look = viewer.look(item, beside, besideWatched, draws);
          if (look.clicked()) {
            count(user, item, look, tally);
          }
          if (look.isFollowed()) {
            source = item;
            watched = true;
            played.set(item);
          }
        }
      }
      viewer.leave(count);
    }

    private void count(int user, int item, Look look, Tally tally) {
      tally.add(Tally.CLICKS, user, 1);
      tally.add(Tally.SECONDS, user, look.seconds());
      if (!viewer.isBounce(look)) {
        boolean quit = viewer.openShare(look, item) < options.quitShare();
        tally.add(Tally.PLAYS, user, 1);
        tally.add(Tally.APPROVALS, user, (look.liked() ? 1 : 0) + (look.shared() ? 1 : 0));
        tally.add(Tally.COMPLAINTS, user, (look.disliked() ? 1 : 0) + (quit ? 1 : 0));
      }
    }

    /** The list beside an item without what the visit has played; returns its length. */
    private int fill(int user, int beside, ListPolicy lists) {
      int wanted = Math.min(candidates.length, shown.length + played.cardinality());
      int n = take(lists.list(user, beside, wanted, candidates), 0, beside);
      filled = 0;
      if (n < shown.length) {
        wanted = Math.min(candidates.length, 2 * shown.length + played.cardinality());
        int full = take(fallback.related(beside, wanted, candidates), n, beside);
        filled = full - n;
        n = full;
      }
      return n;
    }

    private int take(int count, int from, int beside) {
      int n = from;
      for (int i = 0; i < count && n < shown.length; i++) {
        boolean fresh = candidates[i] != beside && !played.get(candidates[i]);
        for (int j = 0; j < n && fresh; j++) {
          fresh = shown[j] != candidates[i];
        }
        if (fresh) {
          shown[n++] = candidates[i];
        }
      }
      return n;
    }
  }
}
