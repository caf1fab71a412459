package dev.kindred.engine.serve;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.BestLists;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.rank.HistoryEntry;
import dev.kindred.engine.rank.OrdinalMarks;
import dev.kindred.engine.rank.RankDescription;
import dev.kindred.engine.rank.RankSearcher;
import dev.kindred.engine.rank.RankTask;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.rank.RetrievalSource;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.IdTable;
import dev.kindred.index.OrdinalFilter;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Answers requests for personalised lists without allocating: the settings of a request, and the
 * scratch of one thread.
 *
 * <p>Settings stay until they are changed. With live state, the events of the user since the log's
 * end count as if they had been in the log; reading them allocates. For one thread at a time; get
 * one per thread from {@link Recommender#recommendSearcher()} and keep it.
 */
public final class RecommendSearcher extends LeasedSearcher {
  private static final RetrievalSource[] SOURCES = RetrievalSource.values();

  private final LiveState live; // null without
  private final Gate gate = new Gate();
  private final Wanted wanted = new Wanted();
  private final RequestReranking reranking = new RequestReranking();
  private final RerankedList reranked = new RerankedList();
  private final BestLists best = new BestLists();
  private OrdinalFilter filter = OrdinalFilter.ALL;
  private boolean watchedToo;
  private boolean hasTime;
  private long time;
  private boolean hasDeadline;
  private long deadline;
  private int[] targets = new int[0];
  private float[] scores = new float[0];
  private long[] hiddenBits;
  private StageObserver observer = StageObserver.none();
  private List<String> searches = List.of();
  private int[] searchTokens = new int[0];

  // Of the snapshot at hand, see bind().
  private Generation generation;
  private IdTable ids;
  private Ranking ranking;
  private RankDescription description;
  private RankSearcher searcher;
  private UserPast past;
  private RankTask[] tasks;
  private double[] weights;
  private OrdinalMarks excluded;
  private OrdinalMarks watched;
  private OrdinalMarks disliked;
  private SourceQuotas quotas;
  private Reranker reranker;

  RecommendSearcher(Generations generations, LiveState live) {
    super(generations);
    this.live = live;
    enter();
    exit();
  }

  /** Weights of tasks and the re-ranking go on; exclusions and quotas were the snapshot's. */
  @Override
  void bind(Generation next) {
    Snapshot snapshot = next.snapshot();
    Ranking found =
        snapshot.ranking().orElseThrow(() -> new NoRankingException(snapshot.directory()));
    RankTask[] tasksBefore = tasks;
    double[] weightsBefore = weights;
    generation = next;
    ranking = found;
    ids = snapshot.items();
    description = ranking.description();
    searcher =
        new RankSearcher(
            ranking,
            snapshot.related(),
            snapshot.manifest().catalogue() ? snapshot.candidates() : null);
    past = new UserPast(ids, ranking, snapshot.manifest().weights().objectives(), searcher);
    watched = past.watched();
    disliked = past.disliked();
    tasks = description.tasks().toArray(RankTask[]::new);
    weights = new double[tasks.length];
    storedWeights();
    for (int b = 0; tasksBefore != null && b < tasksBefore.length; b++) {
      for (int t = 0; t < tasks.length; t++) {
        if (tasks[t].name().equals(tasksBefore[b].name())
            && weightsBefore[b] != tasksBefore[b].weight()) {
          weights[t] = weightsBefore[b];
        }
      }
    }
    excluded = new OrdinalMarks(ids.size());
    quotas = description.quotas();
    filter = OrdinalFilter.ALL;
    bindSearches();
    reranker = next.reranker();
    reranking.rebind(next);
  }

  /** A re-ranking on the snapshot at hand. */
  BoundReranking bound(Reranking value) {
    return generation.bind(value);
  }

  /** The re-ranking of the snapshot at hand. */
  BoundReranking reranking() {
    BoundReranking bound = reranking.bound();
    return bound == null ? generation.bind(Reranking.none()) : bound;
  }

  /**
   * The list of a query with new objects, as {@link Recommender#recommend(RecommendQuery)} gives
   * it, of the snapshot that this holds between {@link #pin} and {@link #unpin}. All settings of
   * this searcher return to what they were at first.
   *
   * @throws NoRankingException if the snapshot has no ranking
   */
  public RecommendAnswer answer(RecommendQuery query) {
    pin();
    try {
      reset();
      try {
        return Recommendation.answer(query, this);
      } finally {
        reset();
      }
    } finally {
      unpin();
    }
  }

  /** Ordinal of an item of the snapshot at hand, or -1; one added since is none. */
  int rankedOrdinalOf(CharSequence id) {
    return ids.ordinalOf(id);
  }

  /** Stored weights and quotas, no exclusions, no filter, no re-ranking, no deadline. */
  @Override
  void reset() {
    super.reset();
    storedWeights();
    quotas = description.quotas();
    clearExclusions();
    filter = OrdinalFilter.ALL;
    clearReranking();
    watchedToo = false;
    searches = List.of();
    searchTokens = new int[0];
    noDeadline();
    atEnd();
  }

  /** The tasks with their stored weights, in the order of indexes of weights and values. */
  public List<RankTask> tasks() {
    return description.tasks();
  }

  /**
   * Replaces the weight of a task in the requests from now on.
   *
   * @param task its index in {@link #tasks()}
   * @param weight 0 to {@link ObjectiveWeight#MOST}
   */
  public void weight(int task, double weight) {
    Objects.checkIndex(task, weights.length);
    ObjectiveWeight.checkWeight(tasks[task].name(), "weight of task", weight);
    weights[task] = weight;
  }

  /** The weight of a task as it stands. */
  public double weight(int task) {
    return weights[Objects.checkIndex(task, weights.length)];
  }

  /** Returns to the stored weights. */
  public void storedWeights() {
    for (int t = 0; t < weights.length; t++) {
      weights[t] = tasks[t].weight();
    }
  }

  /** How many candidates each source may bring from now on. */
  public void quotas(SourceQuotas value) {
    quotas = Objects.requireNonNull(value, "quotas");
  }

  /**
   * Leaves an item of the snapshot at hand out of the lists from now on; the next snapshot's
   * ordinals mean other items, so it forgets them.
   */
  public void exclude(int ordinal) {
    excluded.add(Objects.checkIndex(ordinal, ids.size()));
  }

  /** Leaves nothing out any more, other than hidden, watched and disliked items. */
  public void clearExclusions() {
    excluded.clear();
  }

  /** Lets only items through that pass; {@link OrdinalFilter#ALL} lets all. */
  public void filter(OrdinalFilter value) {
    filter = Objects.requireNonNull(value, "filter");
  }

  /**
   * Re-ranks the lists from now on, in later snapshots too. Its condition holds for candidates
   * already, so that enough of them pass. A later snapshot that lacks what it needs refuses the
   * requests, until another re-ranking is asked for or none.
   *
   * @throws IllegalArgumentException if a filter, cap or freshness names a field that the snapshot
   *     doesn't have, one of the wrong kind or, for cap and freshness, one of which no item has a
   *     value, or diversity goes by similarities that it doesn't have; the re-ranking before goes
   *     on
   */
  public void rerank(Reranking value) {
    Generation of = enter();
    try {
      reranking.set(value, of);
    } finally {
      exit();
    }
  }

  /** Lists are as scored again. */
  public void clearReranking() {
    reranking.clear();
  }

  /** Whether the user of the last request watched an item. */
  boolean watched(int ordinal) {
    return watched.contains(ordinal);
  }

  /** Whether the user of the last request disliked an item. */
  boolean disliked(int ordinal) {
    return disliked.contains(ordinal);
  }

  /** Whether the snapshot at hand knows what searches tell. */
  boolean readsSearches() {
    return description.readsSearches();
  }

  /**
   * What is searched for at the moment of the requests from now on, in later snapshots too. Cutting
   * it into words allocates; the requests don't.
   *
   * @param queries in words, oldest first; unknown words do no harm
   */
  public void searched(List<String> queries) {
    searches = List.copyOf(queries);
    enter();
    try {
      bindSearches();
    } finally {
      exit();
    }
  }

  private void bindSearches() {
    searchTokens =
        searches.stream().flatMapToInt(query -> Arrays.stream(ranking.tokensOf(query))).toArray();
  }

  /** Whether items that the user watched may come back; disliked ones never do. */
  public void watchedToo(boolean value) {
    watchedToo = value;
  }

  /** The moment of the requests from now on: milliseconds since 1970 UTC or a sequence number. */
  public void at(long value) {
    hasTime = true;
    time = description.order() == Order.TIME ? Math.floorDiv(value, 1000L) : value;
  }

  /** Asks again as of the log's end, or of the user's newest event if that is later. */
  public void atEnd() {
    hasTime = false;
  }

  /**
   * The time by which requests should be done: candidates that haven't been looked at by then are
   * left, and the result says so. A few are always looked at.
   *
   * @param nanoTime in terms of {@link System#nanoTime}
   */
  public void deadline(long nanoTime) {
    hasDeadline = true;
    deadline = nanoTime;
  }

  /** Lets requests take their time again. */
  public void noDeadline() {
    hasDeadline = false;
  }

  /** Tells the stages of requests from now on, those of {@link #answer} included. */
  public void observe(StageObserver value) {
    observer = Objects.requireNonNull(value, "observer");
  }

  /** How often what depends on the user alone was computed: once for each request. */
  public long userComputations() {
    return searcher.userComputations();
  }

  /**
   * A list for a user, best first.
   *
   * @param user id; one that neither log nor live state know is treated as anonymous
   * @param n how many at most, at least 0
   * @param out overwritten
   */
  public void recommend(CharSequence user, int n, RecommendResult out) {
    enter();
    try {
      recommendTo(user, n, out);
    } finally {
      exit();
    }
  }

  private void recommendTo(CharSequence user, int n, RecommendResult out) {
    begin(n);
    int ordinal = ranking.users().ordinalOf(user);
    if (ordinal >= 0) {
      past.appendLog(ordinal);
    }
    if (live != null) {
      past.appendLive(user, live);
    }
    answer(ordinal, n, out);
  }

  /**
   * A list for somebody who watched some items and of whom nothing else is known.
   *
   * @param items ordinals in [from, from + count), oldest first
   */
  public void recommendAfter(int[] items, int from, int count, int n, RecommendResult out) {
    Objects.checkFromIndexSize(from, count, items.length);
    enter();
    try {
      begin(n);
      // Watched just now, one after the other.
      for (int i = 0; i < count; i++) {
        int item = Objects.checkIndex(items[from + i], ids.size());
        past.append(HistoryEntry.of(HistoryEntry.WATCHED, item, description.end()));
      }
      answer(-1, n, out);
    } finally {
      exit();
    }
  }

  /** A list for somebody of whom nothing is known. */
  public void recommendAnonymous(int n, RecommendResult out) {
    enter();
    try {
      begin(n);
      answer(-1, n, out);
    } finally {
      exit();
    }
  }

  private void begin(int n) {
    Recommender.checkCount(n);
    beginScoring();
    observer.began();
    if (hasDeadline) {
      searcher.deadline(deadline);
    } else {
      searcher.noDeadline();
    }
    past.begin();
    hiddenBits = generation.hidden().bits();
  }

  private void answer(int user, int n, RecommendResult out) {
    past.appendSearch(searchTokens, Math.max(description.end(), searcher.newest()));
    long now = hasTime ? time : Math.max(description.end(), searcher.newest()) + 1;
    int missing = (watchedToo ? 0 : watched.size()) + disliked.size() + excluded.size();
    BoundReranking how = reranking.bound();
    boolean conditions = how != null && how.reranking().where().isPresent();
    OrdinalFilter nearest = conditions || filter != OrdinalFilter.ALL ? wanted : OrdinalFilter.ALL;
    long clock = System.currentTimeMillis();
    int[] pins = reranking.pins();
    int pinCount = how == null ? 0 : how.pins(-1, clock, pins);
    searcher.retrieve(user, now, quotas, gate, nearest, missing, pins, pinCount);
    observer.ended(StageObserver.Stage.RETRIEVE);
    searcher.rank();
    observer.ended(StageObserver.Stage.RANK);
    order(how, known(user), clock, n, out);
    observer.ended(StageObserver.Stage.RERANK);
  }

  /** Whether anything tells this user from others. */
  private boolean known(int user) {
    return user >= 0 || watched.size() > 0 || searcher.searched() > 0;
  }

  /** Scores what was ranked, and orders it; how = null as scored. */
  private void order(BoundReranking how, boolean known, long clock, int n, RecommendResult out) {
    int count = searcher.size();
    if (scores.length < count) {
      int room = Math.max(count, quotas.total());
      scores = Arrays.copyOf(scores, room);
      targets = Arrays.copyOf(targets, room);
    }
    for (RetrievalSource source : SOURCES) {
      out.funnel(source, searcher.found(source), searcher.kept(source));
    }
    for (int i = 0; i < count; i++) {
      float score = 0;
      for (int t = 0; t < tasks.length; t++) {
        score += tasks[t].term(searcher.value(i, tasks[t]), weights[t]);
      }
      scores[i] = score == score ? score : Float.NEGATIVE_INFINITY; // of a damaged file
      targets[i] = searcher.ordinal(i);
    }
    int most = Math.min(n, count);
    out.begin(most, tasks.length, known, count);
    if (searcher.cutShort()) {
      out.markCutShort();
    }
    if (how != null) {
      reranker.rerank(how, -1, clock, targets, scores, count, n, reranked);
      for (int rank = 0; rank < reranked.size(); rank++) {
        add(
            reranked.index(rank),
            reranked.score(rank),
            reranked.propensity(rank),
            reranked.placing(rank),
            out);
      }
      return;
    }
    BestItems heap = best.of(most);
    for (int i = 0; i < count; i++) {
      heap.offer(i, scores[i]);
    }
    heap.sort();
    for (int rank = 0; rank < Math.min(most, heap.size()); rank++) {
      add(heap.item(rank), heap.score(rank), 1, RerankedList.Placing.RANKED, out);
    }
  }

  private void add(
      int candidate,
      float score,
      double propensity,
      RerankedList.Placing placing,
      RecommendResult out) {
    out.add(targets[candidate], score, searcher.sources(candidate), propensity, placing, ids);
    for (int t = 0; t < tasks.length; t++) {
      out.value(t, searcher.value(candidate, tasks[t]));
    }
  }

  /** What may be a candidate of the request at hand. */
  private final class Gate implements OrdinalFilter {
    @Override
    public boolean accepts(int ordinal) {
      return !HiddenItems.isSet(hiddenBits, ordinal)
          && !excluded.contains(ordinal)
          && !disliked.contains(ordinal)
          && (watchedToo || !watched.contains(ordinal))
          && wanted.accepts(ordinal);
    }
  }

  /** What the request's own conditions let through. */
  private final class Wanted implements OrdinalFilter {
    @Override
    public boolean accepts(int ordinal) {
      return filter.accepts(ordinal) && reranking.passes(ordinal);
    }
  }
}
