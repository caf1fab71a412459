package dev.kindred.jmh.compare;

import dev.kindred.engine.data.Interactions;
import java.io.IOException;
import org.apache.mahout.cf.taste.common.TasteException;
import org.apache.mahout.cf.taste.impl.common.FastByIDMap;
import org.apache.mahout.cf.taste.impl.model.GenericDataModel;
import org.apache.mahout.cf.taste.impl.model.GenericUserPreferenceArray;
import org.apache.mahout.cf.taste.impl.recommender.svd.ALSWRFactorizer;
import org.apache.mahout.cf.taste.impl.recommender.svd.Factorization;
import org.apache.mahout.cf.taste.model.DataModel;
import org.apache.mahout.cf.taste.model.PreferenceArray;

/** Mahout's ALSWRFactorizer for implicit feedback, in doubles, without Hadoop. */
final class MahoutAls implements AlsPeer {
  private final int threads;
  private DataModel model;
  private int users;
  private int items;

  MahoutAls(int threads) {
    this.threads = threads;
  }

  @Override
  public String title() {
    return "Mahout ALSWRFactorizer";
  }

  @Override
  public void load(Interactions data) {
    users = data.rows();
    items = data.columns();
    FastByIDMap<PreferenceArray> rows = new FastByIDMap<>();
    for (int user = 0; user < users; user++) {
      int n = (int) data.count(user);
      if (n > 0) {
        PreferenceArray row = new GenericUserPreferenceArray(n);
        row.setUserID(0, user);
        for (int i = 0; i < n; i++) {
          row.setItemID(i, data.column(data.start(user) + i));
          row.setValue(i, 1);
        }
        rows.put(user, row);
      }
    }
    model = new GenericDataModel(rows);
  }

  @Override
  public Factors train(int rank, double lambda, double alpha, int iterations) throws IOException {
    try {
      Factorization result =
          new ALSWRFactorizer(model, rank, lambda, iterations, true, alpha, threads).factorize();
      double[] userFactors = new double[users * rank];
      double[] itemFactors = new double[items * rank];
      for (var mapping : result.getUserIDMappings()) {
        int at = mapping.getKey().intValue() * rank;
        System.arraycopy(result.allUserFeatures()[mapping.getValue()], 0, userFactors, at, rank);
      }
      for (var mapping : result.getItemIDMappings()) {
        int at = mapping.getKey().intValue() * rank;
        System.arraycopy(result.allItemFeatures()[mapping.getValue()], 0, itemFactors, at, rank);
      }
      return new Factors(rank, userFactors, itemFactors);
    } catch (TasteException e) {
      throw new IOException("Mahout failed", e);
    }
  }
}
