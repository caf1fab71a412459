package dev.kindred.jmh.compare;

import dev.kindred.engine.data.Interactions;
import java.io.IOException;

/**
 * An exact implicit ALS that minimises the loss of Hu, Koren and Volinsky (2008): confidence 1 +
 * alpha of every observed pair, 1 of all others, and a plain lambda.
 *
 * <p>Driven by one thread; how many it starts is its own matter.
 */
interface AlsPeer {
  /** What results call it. */
  String title();

  /** Brings the data into the form it wants; not timed. */
  void load(Interactions data) throws IOException;

  /** Trains from scratch. */
  Factors train(int rank, double lambda, double alpha, int iterations) throws IOException;

  /** Factors of users and items, row-major, on the ordinals of the data. */
  final class Factors {
    final int rank;
    final double[] users;
    final double[] items;

    Factors(int rank, double[] users, double[] items) {
      this.rank = rank;
      this.users = users;
      this.items = items;
    }

    /** The loss in doubles: the Gramians hold the sum over all pairs, the rest is observed. */
    double loss(Interactions data, double lambda, double alpha) {
      double[] gramian = gramian(users);
      double[] other = gramian(items);
      double loss = 0;
      for (int i = 0; i < gramian.length; i++) {
        loss += gramian[i] * other[i];
      }
      for (int k = 0; k < rank; k++) {
        loss += lambda * (gramian[k * rank + k] + other[k * rank + k]);
      }
      for (int user = 0; user < data.rows(); user++) {
        for (long i = data.start(user); i < data.end(user); i++) {
          double score = 0;
          for (int k = 0; k < rank; k++) {
            score += users[user * rank + k] * items[data.column(i) * rank + k];
          }
          loss += (1 + alpha) * (1 - score) * (1 - score) - score * score;
        }
      }
      return loss;
    }

    private double[] gramian(double[] rows) {
      double[] sum = new double[rank * rank];
      for (int from = 0; from < rows.length; from += rank) {
        for (int i = 0; i < rank; i++) {
          for (int j = 0; j < rank; j++) {
            sum[i * rank + j] += rows[from + i] * rows[from + j];
          }
        }
      }
      return sum;
    }
  }
}
