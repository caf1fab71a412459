package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.Quantiles;
import dev.kindred.engine.serve.RecommendResult;
import dev.kindred.engine.serve.RecommendSearcher;
import dev.kindred.engine.serve.Recommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What requests are ranked by, against the whole network over inputs put together one by one. */
class RankSearcherTest {
  @TempDir Path directory;

  @Test
  void valuesAreThoseOfTheWholeNetworkOverItsWholeInput() throws IOException {
    TrainedPipeline trained = TrainedWorld.train(TrainedWorld.OPTIONS, 2);
    RankModel model = trained.ranking().orElseThrow();
    Path snapshot = TrainedWorld.write(trained, directory.resolve("snapshot"));
    List<RankTask> tasks = model.description().tasks();
    int count = tasks.size();
    double[] errors = new double[count];
    double[] least = new double[count];
    double[] most = new double[count];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    int compared = 0;
    try (Recommender recommender = Recommender.open(snapshot)) {
      RecommendSearcher searcher = recommender.recommendSearcher();
      RecommendResult result = new RecommendResult(100);
      for (int user = 0; user < 25; user++) {
        searcher.recommend(model.users().idOf(user), 100, result);
        Whole whole = new Whole(model, user);
        for (int rank = 0; rank < result.size(); rank++) {
          float[] outputs = whole.outputs(result.ordinal(rank));
          for (int t = 0; t < count; t++) {
            float expected = tasks.get(t).value(outputs, 0);
            errors[t] = Math.max(errors[t], Math.abs(result.value(rank, t) - expected));
            least[t] = Math.min(least[t], expected);
            most[t] = Math.max(most[t], expected);
          }
          compared++;
        }
      }
    }
    assertTrue(compared > 1000, "compared " + compared);
    for (int t = 0; t < count; t++) {
      // Stored bytes are off by up to a 508th of their column's range.
      double spread = most[t] - least[t];
      String what = tasks.get(t).name() + " is off by " + errors[t] + " of " + spread;
      assertTrue(errors[t] < 0.01 * spread, what);
    }
  }

  /** The networks' inputs for one user as {@link RankDescription} has them, without any split. */
  private static final class Whole {
    private final RankModel model;
    private final RankDescription description;
    private final UserState state;
    private final float[] user;
    private final float[] vector;
    private final float[] recent;

    Whole(RankModel model, int of) {
      this.model = model;
      description = model.description();
      state =
          new UserState(
              model.groups(),
              model.together(),
              description.history(),
              description.shown(),
              description.searched(),
              model.tokens().size());
      for (long entry : model.users().history(of)) {
        state.append(entry);
      }
      for (long entry : model.users().searches(of)) {
        state.append(entry);
      }
      state.prepare(Math.max(description.end(), state.newest()) + 1);

      int towerHistory = description.towerHistory();
      int towerSearched = description.towerSearched();
      float[] watched = new float[towerHistory + description.rankHistory()];
      for (int age = 0; age < state.watched(); age++) {
        float[] row = new float[watched.length];
        model.items().history(state.watched(age), row, 0);
        add(watched, row, 1f / state.watched());
      }
      float[] searched = new float[towerSearched + description.rankSearched()];
      for (int age = 0; age < state.searched(); age++) {
        float[] row = new float[searched.length];
        model.tokens().values(state.searched(age), row, 0);
        add(searched, row, 1f / state.searched());
      }
      float[] profile = new float[description.profile()];
      model.users().profile(of, profile, 0);

      float[] tower = new float[description.towerInputs()];
      System.arraycopy(watched, 0, tower, 0, towerHistory);
      System.arraycopy(searched, 0, tower, towerHistory, towerSearched);
      int towerProfile = description.towerProfile();
      System.arraycopy(profile, 0, tower, towerHistory + towerSearched, towerProfile);
      vector = new float[model.userTower().outputs()];
      model
          .userTower()
          .forward(
              tower, 0, tower.length, 1, vector, 0, vector.length, model.userTower().scratch());

      user = new float[description.rankUserInputs()];
      int at = 0;
      System.arraycopy(watched, towerHistory, user, at, description.rankHistory());
      at += description.rankHistory();
      System.arraycopy(searched, towerSearched, user, at, description.rankSearched());
      at += description.rankSearched();
      System.arraycopy(profile, towerProfile, user, at, description.rankProfile());
      at += description.rankProfile();
      write(description.userNumbers(), state.numbers(), user, at);

      recent = new float[vector.length];
      for (int age = 0; age < Math.min(RankSearcher.RECENT, state.watched()); age++) {
        add(recent, itemVector(state.watched(age)), 1);
      }
      double length = Math.sqrt(dot(recent, recent));
      for (int i = 0; i < recent.length && length > 0; i++) {
        recent[i] = (float) (recent[i] / length);
      }
    }

    float[] outputs(int item) {
      float[] numbers = new float[UserState.PAIR_NUMBERS.size()];
      state.pair(item, numbers, 0, 1);
      float[] row = itemVector(item);
      numbers[UserState.TOWER_COSINE] = (float) dot(vector, row);
      numbers[UserState.RECENT_COSINE] =
          state.watched() == 0 ? Float.NaN : (float) dot(recent, row);
      float[] x = new float[model.network().inputs()];
      System.arraycopy(user, 0, x, 0, user.length);
      model.items().inputs(item, x, user.length);
      write(description.pairNumbers(), numbers, x, x.length - description.rankPairInputs());
      float[] y = new float[model.network().tasks().size()];
      model.network().forward(x, 0, x.length, 1, y, 0, y.length, model.network().scratch());
      return y;
    }

    private float[] itemVector(int item) {
      float[] row = new float[vector.length];
      model.items().vector(item, row, 0);
      return row;
    }

    private static void write(List<Quantiles> quantiles, float[] numbers, float[] target, int at) {
      for (int i = 0; i < quantiles.size(); i++) {
        float share = quantiles.get(i).share(numbers[i]);
        Feature.writeNumber(share, target, at + i * Feature.NUMERIC_WIDTH);
      }
    }

    private static void add(float[] sum, float[] row, float weight) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * row[i];
      }
    }

    private static double dot(float[] a, float[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += (double) a[i] * b[i];
      }
      return sum;
    }
  }
}
