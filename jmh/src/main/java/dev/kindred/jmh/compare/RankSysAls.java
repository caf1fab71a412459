package dev.kindred.jmh.compare;

import dev.kindred.engine.data.Interactions;
import es.uam.eps.ir.ranksys.fast.index.SimpleFastItemIndex;
import es.uam.eps.ir.ranksys.fast.index.SimpleFastUserIndex;
import es.uam.eps.ir.ranksys.fast.preference.FastPreferenceData;
import es.uam.eps.ir.ranksys.fast.preference.SimpleFastPreferenceData;
import es.uam.eps.ir.ranksys.mf.Factorization;
import es.uam.eps.ir.ranksys.mf.als.HKVFactorizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jooq.lambda.tuple.Tuple;
import org.jooq.lambda.tuple.Tuple3;

/** RankSys' HKVFactorizer, in doubles, on as many threads as the machine has processors. */
final class RankSysAls implements AlsPeer {
  private FastPreferenceData<Integer, Integer> preferences;

  @Override
  public String title() {
    return "RankSys HKVFactorizer";
  }

  @Override
  public void load(Interactions data) {
    List<Tuple3<Integer, Integer, Double>> pairs = new ArrayList<>();
    for (int user = 0; user < data.rows(); user++) {
      for (long i = data.start(user); i < data.end(user); i++) {
        pairs.add(Tuple.tuple(user, data.column(i), 1.0));
      }
    }
    preferences =
        SimpleFastPreferenceData.load(
            pairs.stream(),
            SimpleFastUserIndex.load(IntStream.range(0, data.rows()).boxed()),
            SimpleFastItemIndex.load(IntStream.range(0, data.columns()).boxed()));
  }

  @Override
  public Factors train(int rank, double lambda, double alpha, int iterations) {
    Factorization<Integer, Integer> model =
        new HKVFactorizer<Integer, Integer>(lambda, strength -> 1 + alpha * strength, iterations)
            .factorize(rank, preferences);
    return new Factors(
        rank, flat(model.getUserMatrix().toArray()), flat(model.getItemMatrix().toArray()));
  }

  private static double[] flat(double[][] rows) {
    double[] flat = new double[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[0].length, rows[0].length);
    }
    return flat;
  }
}
