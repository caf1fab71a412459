package dev.kindred.engine.related;

import dev.kindred.engine.data.Events;
import dev.kindred.index.run.Draws;
import java.util.Arrays;

/**
 * What {@link RetentionWeights} learns from: a row per user and week of a log, with the mean of how
 * much the user's samples belong to each objective, the controls, and whether the user came back in
 * the week after. Of a sample of the users where all would be too many rows. For one thread until
 * it is standardised; from then on it may be shared.
 */
final class UserWeeks {
  static final long WEEK_MILLIS = 7L * 24 * 60 * 60 * 1000;

  /** Log-activity and log-tenure, the last columns. */
  static final int CONTROLS = 2;

  private double[] features;
  private double[] labels;
  private int[] users; // numbers of the sampled users, dense
  private int userCount;
  private int rows;
  private int retained;

  private UserWeeks() {}

  /** [rows x (objectives + controls)], the array itself. */
  double[] features() {
    return features;
  }

  /** 1 for a row whose user came back, else 0; the array itself, maybe longer than the rows. */
  double[] labels() {
    return labels;
  }

  /** Number of rows. */
  int rows() {
    return rows;
  }

  /** How many of them have label 1. */
  int retained() {
    return retained;
  }

  /** Walks the log week by week; a week's label is known once the next one has passed. */
  static UserWeeks collect(
      Events events, RetentionWeights.Membership membership, int weeks, RetentionOptions options) {
    int objectives = events.objectives().size();
    int columns = objectives + CONTROLS;
    int userIds = events.users().size();
    int[] bounds = weekBounds(events, weeks);
    double share = share(events, bounds, userIds, options);
    Draws draws = Draws.of(options.seed(), "retention-users");
    int[] dense = new int[userIds]; // -1: not sampled
    UserWeeks data = new UserWeeks();
    for (int user = 0; user < userIds; user++) {
      draws.reset(user);
      dense[user] = share >= 1 || draws.nextDouble() < share ? data.userCount++ : -1;
    }
    data.features = new double[1024 * columns];
    data.labels = new double[1024];
    data.users = new int[1024];
    int[] firstWeek = new int[userIds];
    Arrays.fill(firstWeek, -1);
    int[] rowOf = new int[userIds]; // of the present week, + 1
    int weekStart = 0; // first row of the present week
    int lastStart = 0; // first row of the week before
    for (int week = 0; week < weeks; week++) {
      lastStart = weekStart;
      weekStart = data.rows;
      for (int i = bounds[week]; i < bounds[week + 1]; i++) {
        int user = events.user(i);
        if (dense[user] < 0) {
          continue;
        }
        int row = rowOf[user] - 1;
        boolean isNew = row < weekStart;
        if (isNew) {
          if (row >= lastStart && week > 0) {
            data.labels[row] = 1; // was there last week, is here again
          }
          row = data.add(columns, dense[user]);
          rowOf[user] = row + 1;
          firstWeek[user] = firstWeek[user] < 0 ? week : firstWeek[user];
          data.features[row * columns + objectives + 1] = Math.log1p(week - firstWeek[user]);
        }
        for (int k = 0; k < objectives; k++) {
          data.features[row * columns + k] += membership.of(k, i);
        }
        data.features[row * columns + objectives]++; // samples; becomes the mean's divisor
      }
    }
    data.rows = weekStart; // the last week is only label
    data.finish(columns);
    return data;
  }

  private void finish(int columns) {
    int activity = columns - CONTROLS;
    for (int row = 0; row < rows; row++) {
      double samples = features[row * columns + activity];
      for (int k = 0; k < activity; k++) {
        features[row * columns + k] /= samples;
      }
      features[row * columns + activity] = Math.log1p(samples);
      retained += labels[row] > 0 ? 1 : 0;
    }
  }

  private int add(int columns, int user) {
    if (rows == labels.length) {
      int capacity = rows + (rows >> 1);
      features = Arrays.copyOf(features, Math.multiplyExact(capacity, columns));
      labels = Arrays.copyOf(labels, capacity);
      users = Arrays.copyOf(users, capacity);
    }
    users[rows] = user;
    return rows++;
  }

  /** bounds[w] = first row of week w; bounds[weeks] ends the last one. */
  private static int[] weekBounds(Events events, int weeks) {
    int[] bounds = new int[weeks + 1];
    int row = 0;
    for (int week = 1; week < weeks; week++) {
      long end = events.time(0) + week * WEEK_MILLIS;
      while (row < events.size() && events.time(row) < end) {
        row++;
      }
      bounds[week] = row;
    }
    long end = events.time(0) + weeks * WEEK_MILLIS;
    while (row < events.size() && events.time(row) < end) {
      row++;
    }
    bounds[weeks] = row;
    return bounds;
  }

  /** Share of the users that keeps within the limit of user weeks. */
  private static double share(Events events, int[] bounds, int userIds, RetentionOptions options) {
    int[] lastWeek = new int[userIds];
    long count = 0;
    for (int week = 0; week < bounds.length - 2; week++) {
      for (int row = bounds[week]; row < bounds[week + 1]; row++) {
        if (lastWeek[events.user(row)] != week + 1) {
          lastWeek[events.user(row)] = week + 1;
          count++;
        }
      }
    }
    return (double) options.maxUserWeeks() / Math.max(1, count);
  }

  /** Every column to mean 0 and deviation 1; one without variation to 0. */
  void standardize(int columns) {
    for (int j = 0; j < columns; j++) {
      double mean = 0;
      for (int row = 0; row < rows; row++) {
        mean += features[row * columns + j];
      }
      mean /= rows;
      double square = 0;
      for (int row = 0; row < rows; row++) {
        double off = features[row * columns + j] - mean;
        square += off * off;
      }
      double deviation = Math.sqrt(square / rows);
      boolean varies = deviation > 1e-9 * (1 + Math.abs(mean));
      for (int row = 0; row < rows; row++) {
        int at = row * columns + j;
        features[at] = varies ? (features[at] - mean) / deviation : 0;
      }
    }
  }

  /** How often each row counts when the users are drawn again with replacement. */
  double[] resample(Draws draws) {
    int[] times = new int[userCount];
    for (int i = 0; i < userCount; i++) {
      times[draws.nextInt(userCount)]++;
    }
    double[] weights = new double[rows];
    for (int row = 0; row < rows; row++) {
      weights[row] = times[users[row]];
    }
    return weights;
  }
}
