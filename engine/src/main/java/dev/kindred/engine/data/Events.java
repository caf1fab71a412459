package dev.kindred.engine.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A log of samples in columns: who met which item when, what followed for each objective, and the
 * signals seen along the way.
 *
 * <p>Rows stand in rising time, equal times in the order of the log. A row takes 8 bytes, 8 more
 * with a time or sequence number, 4 per signal, and per objective one bit (values all 0 or 1) or 4
 * bytes. Immutable apart from its {@link Ids}, which may grow; may be shared by threads.
 */
public final class Events {
  private final Ids users;
  private final Ids items;
  private final List<Objective> objectives;
  private final List<String> signalNames;
  private final Order order;
  private final int size;
  private final int[] user;
  private final int[] item;
  private final long[] time; // null when order is NONE
  private final ValueColumn[] values;
  private final float[][] signals;

  private Events(
      Ids users,
      Ids items,
      List<Objective> objectives,
      List<String> signalNames,
      Order order,
      int size,
      int[] user,
      int[] item,
      long[] time,
      ValueColumn[] values,
      float[][] signals) {
    this.users = users;
    this.items = items;
    this.objectives = objectives;
    this.signalNames = signalNames;
    this.order = order;
    this.size = size;
    this.user = user;
    this.item = item;
    this.time = time;
    this.values = values;
    this.signals = signals;
  }

  /**
   * Starts to collect events.
   *
   * @param users the ids that user ordinals mean; may grow while building and later
   * @param items the ids that item ordinals mean; may grow while building and later
   * @param objectives with distinct names
   * @param signals distinct names of the numbers kept beside the objectives, e.g. dwell, position
   * @param order what the time of a row means
   */
  public static Builder builder(
      Ids users, Ids items, List<Objective> objectives, List<String> signals, Order order) {
    return new Builder(users, items, objectives, signals, order);
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /** The users' ids; it may hold more than those met here. */
  public Ids users() {
    return users;
  }

  /** The items' ids; it may hold more than those met here. */
  public Ids items() {
    return items;
  }

  /** The objectives in declared order; their indexes are the {@code objective} of other methods. */
  public List<Objective> objectives() {
    return objectives;
  }

  /** The ordinal of the row's user. */
  public int user(int row) {
    return user[row];
  }

  /** The ordinal of the row's item. */
  public int item(int row) {
    return item[row];
  }

  /** What {@link #time} means. */
  public Order order() {
    return order;
  }

  /** Milliseconds since 1970 UTC, a sequence number or 0: see {@link #order}. */
  public long time(int row) {
    return time == null ? 0 : time[row];
  }

  /** What the row counts for the objective: 0 = it did not happen, more than 0 = its strength. */
  public float value(int objective, int row) {
    return values[objective].get(row);
  }

  /** In how many rows the objective happened. Cost: one pass over the rows. */
  public int count(int objective) {
    ValueColumn column = values[objective];
    int count = 0;
    for (int row = 0; row < size; row++) {
      if (column.get(row) > 0) {
        count++;
      }
    }
    return count;
  }

  /** The names of the signals; their indexes are the {@code signal} of {@link #signal}. */
  public List<String> signals() {
    return signalNames;
  }

  /** The number of the signal in the row, NaN = missing. */
  public float signal(int signal, int row) {
    return signals[signal][row];
  }

  /**
   * The given rows as a log of their own, over the same ids.
   *
   * @param rows rising row numbers in [0, size())
   */
  public Events select(int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      Objects.checkIndex(rows[i], size);
      if (i > 0 && rows[i] <= rows[i - 1]) {
        throw new IllegalArgumentException(
            "rows must rise, but " + rows[i] + " follows " + rows[i - 1]);
      }
    }
    return rearranged(rows);
  }

  /**
   * What the objective saw, [users x items]: values of a pair are summed over its rows.
   *
   * @param keep which rows count, e.g. those that the Coordinating Network routes here
   */
  public Interactions interactions(int objective, RowFilter keep) {
    ValueColumn column = values[objective];
    return Interactions.of(
        users.size(),
        items.size(),
        sink -> {
          for (int row = 0; row < size; row++) {
            float value = column.get(row);
            if (value > 0 && keep.keeps(row)) {
              sink.add(user[row], item[row], value);
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  /** Users x items: every pair with a positive objective; the value counts its rows. */
  public Interactions engaged() {
    return Interactions.of(
        users.size(),
        items.size(),
        sink -> {
          for (int row = 0; row < size; row++) {
            for (int k = 0; k < values.length; k++) {
              if (objectives.get(k).polarity() == Polarity.POSITIVE && values[k].get(row) > 0) {
                sink.add(user[row], item[row], 1);
                break;
              }
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  private Events rearranged(int[] rows) {
    ValueColumn[] newValues = new ValueColumn[values.length];
    for (int k = 0; k < values.length; k++) {
      newValues[k] = values[k].select(rows);
    }
    float[][] newSignals = new float[signals.length][];
    for (int s = 0; s < signals.length; s++) {
      newSignals[s] = select(signals[s], rows);
    }
    long[] newTime = null;
    if (time != null) {
      newTime = new long[rows.length];
      for (int i = 0; i < rows.length; i++) {
        newTime[i] = time[rows[i]];
      }
    }
    return new Events(
        users,
        items,
        objectives,
        signalNames,
        order,
        rows.length,
        select(user, rows),
        select(item, rows),
        newTime,
        newValues,
        newSignals);
  }

  /** See {@link Builder#buildFolded}; this is in time order. */
  private Events folded(long maxGapMillis) {
    int[] first = new int[size]; // rows that begin a sample
    long[] last = new long[size]; // time of the last row that the sample has taken in
    int samples = 0;
    PairMap open = new PairMap();
    for (int row = 0; row < size; row++) {
      int slot = open.slotOf(user[row], item[row]);
      int sample = open.get(slot);
      if (sample < 0 || time(row) - last[sample] > maxGapMillis) {
        sample = samples++;
        first[sample] = row;
        open.put(slot, sample);
      } else {
        merge(first[sample], row);
      }
      last[sample] = time(row);
    }
    return rearranged(Arrays.copyOf(first, samples));
  }

  /**
   * How many rows have user, item and time of one before them; 0 without times or an order. Takes 8
   * bytes for each row of the most frequent time.
   */
  public int duplicates() {
    int found = 0;
    long[] pairs = new long[0];
    for (int from = 0, to; time != null && from < size; from = to) {
      to = endOfTime(from);
      if (to - from == 1) {
        continue;
      }
      if (pairs.length < to - from) {
        pairs = new long[to - from];
      }
      for (int row = from; row < to; row++) {
        pairs[row - from] = (long) user[row] << 32 | item[row];
      }
      Arrays.sort(pairs, 0, to - from);
      for (int i = 1; i < to - from; i++) {
        found += pairs[i] == pairs[i - 1] ? 1 : 0;
      }
    }
    return found;
  }

  /** The row after the last of those with the time of a row; this is in time order. */
  private int endOfTime(int row) {
    int to = row + 1;
    while (to < size && time[to] == time[row]) {
      to++;
    }
    return to;
  }

  /** See {@link Builder#buildDistinct}; this is in time order. */
  private Events withoutDuplicates() {
    int[] first = new int[size];
    int count = 0;
    for (int from = 0, to; from < size; from = to) {
      to = endOfTime(from);
      if (to - from == 1) {
        first[count++] = from;
        continue;
      }
      PairMap seen = new PairMap(to - from); // no more than the pairs of one time
      for (int row = from; row < to; row++) {
        int slot = seen.slotOf(user[row], item[row]);
        int before = seen.get(slot);
        if (before < 0) {
          seen.put(slot, row);
          first[count++] = row;
        } else {
          merge(before, row);
        }
      }
    }
    return rearranged(Arrays.copyOf(first, count));
  }

  private void merge(int into, int row) {
    for (ValueColumn column : values) {
      if (column.get(row) > column.get(into)) {
        column.set(into, column.get(row));
      }
    }
    for (float[] signal : signals) {
      if (!(signal[into] >= signal[row]) && !Float.isNaN(signal[row])) {
        signal[into] = signal[row];
      }
    }
  }

  private static int[] select(int[] column, int[] rows) {
    int[] selected = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = column[rows[i]];
    }
    return selected;
  }

  private static float[] select(float[] column, int[] rows) {
    float[] selected = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = column[rows[i]];
    }
    return selected;
  }

  /**
   * Collects events row by row and sorts them at the end. For one thread; {@link #build} once.
   *
   * <pre>{@code
   * int row = builder.add(users.add("ann"), items.add("film-7"), time);
   * builder.value(0, row, 1).signal(0, row, 35.5f);
   * }</pre>
   */
  public static final class Builder {
    private final Ids users;
    private final Ids items;
    private final List<Objective> objectives;
    private final List<String> signalNames;
    private final Order order;
    private int size;
    private int capacity = 1024;
    private int[] user = new int[capacity];
    private int[] item = new int[capacity];
    private long[] time;
    private final ValueColumn[] values;
    private final float[][] signals;

    private Builder(
        Ids users, Ids items, List<Objective> objectives, List<String> signals, Order order) {
      this.users = Objects.requireNonNull(users, "users");
      this.items = Objects.requireNonNull(items, "items");
      this.objectives = List.copyOf(objectives);
      this.signalNames = List.copyOf(signals);
      this.order = Objects.requireNonNull(order, "order");
      requireDistinct("objective", this.objectives.stream().map(Objective::name).toList());
      requireDistinct("signal", signalNames);
      time = order == Order.NONE ? null : new long[capacity];
      values = new ValueColumn[this.objectives.size()];
      for (int k = 0; k < values.length; k++) {
        values[k] = new ValueColumn(capacity);
      }
      this.signals = new float[signalNames.size()][];
      for (int s = 0; s < this.signals.length; s++) {
        this.signals[s] = new float[capacity];
        Arrays.fill(this.signals[s], Float.NaN);
      }
    }

    private static void requireDistinct(String what, List<String> names) {
      Set<String> seen = new HashSet<>();
      for (String name : names) {
        if (!seen.add(name)) {
          throw new IllegalArgumentException(what + " '" + name + "' is declared twice");
        }
      }
    }

    /** How many rows were added. */
    public int size() {
      return size;
    }

    /**
     * Adds a row in which no objective happened and every signal is missing.
     *
     * @param time see {@link Order}; not kept when the order is NONE
     * @return the row to give to {@link #value} and {@link #signal}; valid until {@link #build}
     */
    public int add(int user, int item, long time) {
      Objects.checkIndex(user, users.size());
      Objects.checkIndex(item, items.size());
      if (size == capacity) {
        grow();
      }
      this.user[size] = user;
      this.item[size] = item;
      if (this.time != null) {
        this.time[size] = time;
      }
      return size++;
    }

    /** Sets what the row counts for the objective: finite, 0 = it did not happen. */
    public Builder value(int objective, int row, float value) {
      Objects.checkIndex(row, size);
      if (!(value >= 0) || value == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "value of objective '"
                + objectives.get(objective).name()
                + "' is "
                + value
                + ", must be finite and >= 0");
      }
      values[objective].set(row, value);
      return this;
    }

    /** Sets a signal of the row: finite, or NaN = missing. */
    public Builder signal(int signal, int row, float value) {
      Objects.checkIndex(row, size);
      if (Float.isInfinite(value)) {
        throw new IllegalArgumentException(
            "signal '" + signalNames.get(signal) + "' is infinite, must be finite or NaN");
      }
      signals[signal][row] = value;
      return this;
    }

    private void grow() {
      if (capacity == RowRoom.MAX_ROWS) {
        throw new IllegalStateException("more than " + RowRoom.MAX_ROWS + " events; split the log");
      }
      capacity = RowRoom.grown(capacity);
      user = Arrays.copyOf(user, capacity);
      item = Arrays.copyOf(item, capacity);
      if (time != null) {
        time = Arrays.copyOf(time, capacity);
      }
      for (ValueColumn column : values) {
        column.ensureCapacity(capacity);
      }
      for (int s = 0; s < signals.length; s++) {
        signals[s] = Arrays.copyOf(signals[s], capacity);
        Arrays.fill(signals[s], size, capacity, Float.NaN);
      }
    }

    /** The events in time order, rows of equal time in the order in which they were added. */
    public Events build() {
      if (time != null && !StableOrder.isSorted(time, size)) {
        return collected().rearranged(StableOrder.byKey(time, size));
      }
      return trimmed();
    }

    /**
     * The events in time order, where all rows of one user and item that follow each other within a
     * gap are folded into one: it has the time of its first row and of each value and signal the
     * largest. So a line that was logged twice counts once. Without times (order SEQUENCE or NONE)
     * all rows of one user and item are folded.
     *
     * @param maxGapMillis the longest pause within one sample, 0 or more
     */
    Events buildFolded(long maxGapMillis) {
      Events sorted = collected();
      if (time != null && !StableOrder.isSorted(time, size)) {
        sorted = sorted.rearranged(StableOrder.byKey(time, size));
      }
      return sorted.folded(order == Order.TIME ? maxGapMillis : Long.MAX_VALUE);
    }

    /**
     * The events in time order, where rows with user, item and time of another are one, of each
     * value and signal the largest. Needs times or an order.
     */
    Events buildDistinct() {
      Events sorted = collected();
      if (!StableOrder.isSorted(time, size)) {
        sorted = sorted.rearranged(StableOrder.byKey(time, size));
      }
      return sorted.withoutDuplicates();
    }

    private Events collected() {
      return new Events(
          users, items, objectives, signalNames, order, size, user, item, time, values, signals);
    }

    private Events trimmed() {
      ValueColumn[] newValues = new ValueColumn[values.length];
      for (int k = 0; k < values.length; k++) {
        newValues[k] = values[k].trimmed(size);
      }
      float[][] newSignals = new float[signals.length][];
      for (int s = 0; s < signals.length; s++) {
        newSignals[s] = Arrays.copyOf(signals[s], size);
      }
      return new Events(
          users,
          items,
          objectives,
          signalNames,
          order,
          size,
          Arrays.copyOf(user, size),
          Arrays.copyOf(item, size),
          time == null ? null : Arrays.copyOf(time, size),
          newValues,
          newSignals);
    }
  }
}
