package dev.kindred.engine.rank;

import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Quantiles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was known of users at some moments, a row each, for networks to read: the items watched, the
 * tokens searched for, the users' profiles, the numbers of {@link UserState#USER_NUMBERS} and the
 * age of the row.
 *
 * <p>Grows row by row. For one thread.
 */
final class StateRows {
  /** Name of the feature that holds the tokens searched for. */
  static final String SEARCHED = "searched";

  private final int items;
  private final int tokens;
  private int size;
  private int[] rows = new int[1024];
  private int[] users = new int[1024];
  private float[] ages = new float[1024];
  private int[] starts = new int[1025];
  private int[] watched = new int[4096];
  private int[] searchStarts = new int[1025];
  private int[] searched = new int[1024];
  private float[] numbers = new float[1024 * UserState.USER_NUMBERS.size()];

  /**
   * @param tokens that users search for; 0: what they searched for is no feature
   */
  StateRows(int items, int tokens) {
    this.items = items;
    this.tokens = tokens;
  }

  /**
   * Adds a moment.
   *
   * @param row of the log that is to be predicted
   * @param age how much earlier than the end of the log it is
   * @return its number
   */
  int add(int row, int user, float age, UserState state) {
    if (size == rows.length) {
      int capacity = Math.addExact(size, size >> 1);
      rows = Arrays.copyOf(rows, capacity);
      users = Arrays.copyOf(users, capacity);
      ages = Arrays.copyOf(ages, capacity);
      starts = Arrays.copyOf(starts, capacity + 1);
      searchStarts = Arrays.copyOf(searchStarts, capacity + 1);
      numbers = Arrays.copyOf(numbers, capacity * UserState.USER_NUMBERS.size());
    }
    int at = starts[size];
    int count = state.watched();
    if (at + count > watched.length) {
      watched = Arrays.copyOf(watched, Math.max(at + count, Math.addExact(at, at >> 1)));
    }
    for (int i = 0; i < count; i++) {
      watched[at + i] = state.watched(i);
    }
    int searchAt = searchStarts[size];
    int searchCount = state.searched();
    if (searchAt + searchCount > searched.length) {
      int grown = Math.addExact(searchAt, searchAt >> 1);
      searched = Arrays.copyOf(searched, Math.max(searchAt + searchCount, grown));
    }
    for (int i = 0; i < searchCount; i++) {
      searched[searchAt + i] = state.searched(i);
    }
    searchStarts[size + 1] = searchAt + searchCount;
    rows[size] = row;
    users[size] = user;
    ages[size] = age;
    int width = UserState.USER_NUMBERS.size();
    System.arraycopy(state.numbers(), 0, numbers, size * width, width);
    starts[size + 1] = at + count;
    return size++;
  }

  int size() {
    return size;
  }

  int row(int state) {
    return rows[state];
  }

  int user(int state) {
    return users[state];
  }

  /** One number of all rows, a copy. */
  float[] numbers(int number) {
    float[] column = new float[size];
    int width = UserState.USER_NUMBERS.size();
    for (int i = 0; i < size; i++) {
      column[i] = numbers[i * width + number];
    }
    return column;
  }

  /** The ages of all rows, a copy. */
  float[] ages() {
    return Arrays.copyOf(ages, size);
  }

  /** The last watched item of an age at a row, or -1. */
  int watched(int state, int age) {
    return age < starts[state + 1] - starts[state] ? watched[starts[state] + age] : -1;
  }

  /**
   * The rows as a network reads them.
   *
   * @param history name of the feature that holds the items watched
   * @param profiles of all users; empty for none
   * @param names of the numbers that follow, with their distribution and their values
   */
  FeatureTable table(
      String history,
      Optional<FeatureTable> profiles,
      List<String> names,
      List<Quantiles> quantiles,
      List<float[]> values) {
    FeatureTable table =
        FeatureTable.builder(size)
            .multiple(
                Feature.categorical(history, items),
                Arrays.copyOf(starts, size + 1),
                Arrays.copyOf(watched, starts[size]))
            .build();
    if (tokens > 0) {
      table =
          table.beside(
              FeatureTable.builder(size)
                  .multiple(
                      Feature.categorical(SEARCHED, tokens),
                      Arrays.copyOf(searchStarts, size + 1),
                      Arrays.copyOf(searched, searchStarts[size]))
                  .build());
    }
    if (profiles.isPresent()) {
      table = table.beside(profiles.get().select(Arrays.copyOf(users, size)));
    }
    if (names.isEmpty()) {
      return table;
    }
    FeatureTable.Builder more = FeatureTable.builder(size);
    for (int i = 0; i < names.size(); i++) {
      more.numeric(Feature.numeric(names.get(i), quantiles.get(i)), values.get(i));
    }
    return table.beside(more.build());
  }
}
