package dev.kindred.engine.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What users searched for, as {@link SearchTokens} with times: by user, and of each user in the
 * order of time.
 *
 * <p>A token takes 12 bytes. Immutable apart from its {@link Ids}, which may grow; may be shared by
 * threads.
 */
public final class Searches {
  private final Ids users;
  private final Ids vocabulary;
  private final Order order;
  private final int[] starts; // [users + 1]
  private final long[] times;
  private final int[] tokens;

  private Searches(
      Ids users, Ids vocabulary, Order order, int[] starts, long[] times, int[] tokens) {
    this.users = users;
    this.vocabulary = vocabulary;
    this.order = order;
    this.starts = starts;
    this.times = times;
    this.tokens = tokens;
  }

  /** Nobody searched. */
  public static Searches none(Ids users) {
    return new Searches(users, new Ids(), Order.NONE, new int[1], new long[0], new int[0]);
  }

  /**
   * Starts to collect searches.
   *
   * @param users the ids that user ordinals mean; may grow
   * @param order what times mean: the same as in the log
   */
  public static Builder builder(Ids users, Order order) {
    return new Builder(users, order);
  }

  /** The users' ids; it may hold more than those who searched. */
  public Ids users() {
    return users;
  }

  /** The tokens that are known; their ordinals are what {@link #token} gives. */
  public Ids vocabulary() {
    return vocabulary;
  }

  /** What {@link #time} means. */
  public Order order() {
    return order;
  }

  /** How many tokens all searches have. */
  public int size() {
    return tokens.length;
  }

  public boolean isEmpty() {
    return tokens.length == 0;
  }

  /** Index of a user's first token. */
  public int start(int user) {
    return user < starts.length - 1 ? starts[user] : tokens.length;
  }

  /** One past the index of a user's last token. */
  public int end(int user) {
    return user < starts.length - 1 ? starts[user + 1] : tokens.length;
  }

  /** When the token was searched for: milliseconds since 1970 UTC or a sequence number. */
  public long time(int index) {
    return times[index];
  }

  /** The token's ordinal in the vocabulary. */
  public int token(int index) {
    return tokens[index];
  }

  /**
   * Those before some later events: of a user of the events what is earlier than the first of his,
   * of the others what is earlier than the first of all where times compare, else everything.
   */
  public Searches before(Events later) {
    if (isEmpty() || later.size() == 0) {
      return this;
    }
    int count = starts.length - 1;
    long[] limit = new long[count];
    Arrays.fill(limit, order == Order.TIME ? later.time(0) : Long.MAX_VALUE);
    boolean[] met = new boolean[count];
    for (int row = 0; row < later.size(); row++) { // in rising time
      int user = later.user(row);
      if (user < count && !met[user]) {
        met[user] = true;
        limit[user] = later.time(row);
      }
    }
    int[] keptStarts = new int[count + 1];
    long[] keptTimes = new long[size()];
    int[] keptTokens = new int[size()];
    int kept = 0;
    for (int user = 0; user < count; user++) {
      for (int i = starts[user]; i < starts[user + 1] && times[i] < limit[user]; i++) {
        keptTimes[kept] = times[i];
        keptTokens[kept++] = tokens[i];
      }
      keptStarts[user + 1] = kept;
    }
    return new Searches(
        users,
        vocabulary,
        order,
        keptStarts,
        Arrays.copyOf(keptTimes, kept),
        Arrays.copyOf(keptTokens, kept));
  }

  /** Collects searches in any order. For one thread. */
  public static final class Builder {
    private final Ids users;
    private final Order order;
    private final Ids all = new Ids();
    private int size;
    private int[] user = new int[1024];
    private long[] time = new long[1024];
    private int[] token = new int[1024];

    private Builder(Ids users, Order order) {
      this.users = Objects.requireNonNull(users, "users");
      this.order = Objects.requireNonNull(order, "order");
      if (order == Order.NONE) {
        throw new IllegalArgumentException(
            "searches need a time or an order, else what was searched for before is not known");
      }
    }

    /**
     * Adds a search.
     *
     * @return how many tokens it has
     */
    public int add(int ofUser, long at, CharSequence text) {
      List<String> tokens = SearchTokens.of(text);
      for (String each : tokens) {
        if (size == user.length) {
          int capacity = Math.addExact(size, size >> 1);
          user = Arrays.copyOf(user, capacity);
          time = Arrays.copyOf(time, capacity);
          token = Arrays.copyOf(token, capacity);
        }
        user[size] = ofUser;
        time[size] = at;
        token[size++] = all.add(each);
      }
      return tokens.size();
    }

    /**
     * The searches with the tokens that tell something: one that a single user has tells no more
     * than who it is.
     *
     * @param minUsers tokens that fewer users searched for are left out
     * @param most tokens kept, those of the most users first, of equals the earlier ones
     */
    public Searches build(int minUsers, int most) {
      int[] rows = byUserAndTime();
      int[] usersOf = new int[all.size()];
      int[] lastUser = new int[all.size()];
      Arrays.fill(lastUser, -1);
      for (int row : rows) {
        if (lastUser[token[row]] != user[row]) {
          lastUser[token[row]] = user[row];
          usersOf[token[row]]++;
        }
      }
      boolean[] wanted = wanted(usersOf, minUsers, most);
      Ids vocabulary = new Ids();
      int[] known = new int[all.size()];
      for (int t = 0; t < known.length; t++) {
        known[t] = wanted[t] ? vocabulary.add(all.idOf(t)) : -1;
      }
      int[] starts = new int[users.size() + 1];
      long[] times = new long[size];
      int[] tokens = new int[size];
      int kept = 0;
      for (int row : rows) {
        if (known[token[row]] >= 0) {
          times[kept] = time[row];
          tokens[kept++] = known[token[row]];
          starts[user[row] + 1]++;
        }
      }
      for (int u = 0; u < users.size(); u++) {
        starts[u + 1] += starts[u];
      }
      return new Searches(
          users,
          vocabulary,
          order,
          starts,
          Arrays.copyOf(times, kept),
          Arrays.copyOf(tokens, kept));
    }

    private static boolean[] wanted(int[] usersOf, int minUsers, int most) {
      long[] keys = new long[usersOf.length];
      Arrays.setAll(keys, t -> -usersOf[t]);
      int[] order = StableOrder.byKey(keys, keys.length);
      boolean[] wanted = new boolean[keys.length];
      for (int i = 0; i < Math.min(most, order.length) && usersOf[order[i]] >= minUsers; i++) {
        wanted[order[i]] = true;
      }
      return wanted;
    }

    /** Rows by user, then by time, then as they were added. */
    private int[] byUserAndTime() {
      int[] byTime = StableOrder.byKey(time, size);
      int[] starts = new int[users.size() + 1];
      for (int row = 0; row < size; row++) {
        starts[user[row] + 1]++;
      }
      for (int u = 0; u < users.size(); u++) {
        starts[u + 1] += starts[u];
      }
      int[] rows = new int[size];
      for (int row : byTime) {
        rows[starts[user[row]]++] = row;
      }
      return rows;
    }
  }
}
