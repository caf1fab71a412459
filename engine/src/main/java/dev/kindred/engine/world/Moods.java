package dev.kindred.engine.world;

/**
 * How satisfied each user is with past visits, in deviations from the mean over all visits. For one
 * thread while it changes.
 */
final class Moods {
  private static final double MEMORY = .5; // of earlier visits in the satisfaction

  private final double[] satisfaction; // of each user: mean 0 and variance 1 over time
  private long visits;
  private double mean;
  private double squares; // sum of squared differences from the mean

  Moods(int users) {
    satisfaction = new double[users];
  }

  double of(int user) {
    return satisfaction[user];
  }

  /** Takes a visit, measured against all visits so far, into the user's satisfaction. */
  void remember(int user, double worth) {
    visits++;
    double difference = worth - mean;
    mean += difference / visits;
    squares += difference * (worth - mean);
    satisfaction[user] = after(satisfaction[user], worth);
  }

  /** The satisfaction after one more visit that is not counted among all. */
  double after(double before, double worth) {
    if (visits < 2 || squares <= 0) {
      return before;
    }
    double standard = (worth - mean) / Math.sqrt(squares / (visits - 1));
    return MEMORY * before + Math.sqrt(1 - MEMORY * MEMORY) * standard;
  }
}
