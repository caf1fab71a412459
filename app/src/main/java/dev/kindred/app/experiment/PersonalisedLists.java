package dev.kindred.app.experiment;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.experiment.ListPolicy;
import dev.kindred.engine.mmoe.Mmoe;
import dev.kindred.engine.mmoe.MmoeModel;
import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.mmoe.Task;
import dev.kindred.engine.mmoe.TaskLabels;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.tower.TowerModel;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * What a user is shown by a personalised system, whatever stands beside it: candidates by the
 * user's vector of a two-tower network, ranked by a multi-task network that has learned from the
 * log with the position in a bias tower. Items that the user has opened are left out.
 *
 * <p>A candidate's score is P(click) (1 + what is expected of the click: the share watched, like
 * and share added, dislike subtracted). Immutable; may be called by many threads.
 */
final class PersonalisedLists implements ListPolicy {
  private static final int CANDIDATES = 120;
  private static final int CLICK = 0;
  private static final int WATCH = 1;
  private static final int POSITION = 1; // signal
  private static final double VALIDATION = .05;

  private final int[][] lists; // of each user

  private PersonalisedLists(int[][] lists) {
    this.lists = lists;
  }

  /** A small network: four experts, at most four passes over the log. */
  static MmoeOptions network(long seed) {
    return MmoeOptions.defaults()
        .withExperts(4)
        .withHidden(List.of(48))
        .withTowerHidden(List.of(16))
        .withEmbeddingDim(12)
        .withEpochs(4)
        .withPatience(1)
        .withSeed(seed);
  }

  /**
   * Trains the ranker and ranks every user's candidates.
   *
   * @param retrieval trained on clicks
   */
  static PersonalisedLists train(
      PipelineInput input,
      TowerModel retrieval,
      MmoeOptions options,
      Workers workers,
      Progress progress) {
    SampleFeatures features = new SampleFeatures(input.users(), input.items());
    MmoeModel ranker = ranker(input.events(), features, options, workers, progress);
    int[][] candidates = candidates(input.events(), retrieval, workers);
    return new PersonalisedLists(rank(input.events(), candidates, features, ranker, workers));
  }

  private static MmoeModel ranker(
      Events events,
      SampleFeatures features,
      MmoeOptions options,
      Workers workers,
      Progress progress) {
    int size = events.size();
    int[] users = new int[size];
    int[] items = new int[size];
    float[] positions = new float[size];
    float[][] labels = new float[events.objectives().size()][size];
    for (int row = 0; row < size; row++) {
      users[row] = events.user(row);
      items[row] = events.item(row);
      positions[row] = events.signal(POSITION, row);
      boolean clicked = events.value(CLICK, row) > 0;
      labels[CLICK][row] = clicked ? 1 : 0;
      for (int k = 1; k < labels.length; k++) {
        // What a click leads to is learned from clicks.
        labels[k][row] = clicked ? events.value(k, row) : Float.NaN;
      }
    }
    List<Task> tasks = new ArrayList<>();
    for (int k = 0; k < labels.length; k++) {
      String name = events.objectives().get(k).name();
      Task task = k == WATCH ? Task.regression(name) : Task.binary(name);
      tasks.add(task.withBiased(k == CLICK));
    }
    FeatureTable bias = FeatureTable.builder(size).numeric("position", positions).build();
    Draws draws = Draws.of(options.seed(), "personalised validation");
    int[] all = new int[size];
    Arrays.setAll(all, row -> row);
    draws.shuffle(all, 0, size);
    int held = (int) (VALIDATION * size);
    return Mmoe.train(
        features.table(users, items),
        Optional.of(bias),
        TaskLabels.of(tasks, labels),
        Arrays.copyOfRange(all, held, size),
        Arrays.copyOf(all, held),
        options,
        workers,
        progress);
  }

  /** For each user the items nearest to his vector that he has not opened. */
  private static int[][] candidates(Events events, TowerModel retrieval, Workers workers) {
    BitSet[] opened = new BitSet[retrieval.users()];
    Arrays.setAll(opened, user -> new BitSet());
    for (int row = 0; row < events.size(); row++) {
      if (events.value(CLICK, row) > 0) {
        opened[events.user(row)].set(events.item(row));
      }
    }
    int dim = retrieval.dim();
    float[] userVectors = retrieval.userVectors();
    float[] itemVectors = retrieval.itemVectors();
    int[][] candidates = new int[retrieval.users()][];
    workers.forEachRange(
        candidates.length,
        16,
        (from, to, worker) -> {
          BestItems best = new BestItems(CANDIDATES);
          for (int user = (int) from; user < to; user++) {
            best.clear();
            for (int item = 0; item < retrieval.items(); item++) {
              if (retrieval.hasItemVector(item) && !opened[user].get(item)) {
                best.offer(
                    item, Distances.dot(userVectors, user * dim, itemVectors, item * dim, dim));
              }
            }
            candidates[user] = sorted(best);
          }
        });
    return candidates;
  }

  private static int[][] rank(
      Events events,
      int[][] candidates,
      SampleFeatures features,
      MmoeModel ranker,
      Workers workers) {
    int rows = Arrays.stream(candidates).mapToInt(list -> list.length).sum();
    int[] users = new int[rows];
    int[] items = new int[rows];
    int[] all = new int[rows];
    int row = 0;
    for (int user = 0; user < candidates.length; user++) {
      for (int item : candidates[user]) {
        users[row] = user;
        items[row] = item;
        all[row] = row++;
      }
    }
    float[][] predicted = ranker.predict(features.table(users, items), all, workers);
    int[][] lists = new int[candidates.length][];
    row = 0;
    for (int user = 0; user < lists.length; user++) {
      BestItems best = new BestItems(CANDIDATES);
      for (int item : candidates[user]) {
        double worth = 1;
        for (int k = 1; k < predicted.length; k++) {
          boolean against = events.objectives().get(k).polarity() == Polarity.NEGATIVE;
          worth += against ? -predicted[k][row] : predicted[k][row];
        }
        best.offer(item, (float) (predicted[CLICK][row++] * worth));
      }
      lists[user] = sorted(best);
    }
    return lists;
  }

  private static int[] sorted(BestItems best) {
    best.sort();
    int[] items = new int[best.size()];
    Arrays.setAll(items, best::item);
    return items;
  }

  @Override
  public int list(int user, int item, int n, int[] out) {
    int written = 0;
    for (int i = 0; i < lists[user].length && written < n; i++) {
      if (lists[user][i] != item) {
        out[written++] = lists[user][i];
      }
    }
    return written;
  }
}
