package dev.kindred.engine.serve;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.BestLists;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.rerank.Reranking;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Answers requests for related items without allocating: the settings of a request, and the scratch
 * of one thread.
 *
 * <p>At the stored weights a list comes from the precomputed table. With other weights, or where
 * the table has too few left after exclusions, filter and hide marks, the item's whole gated
 * candidate list is scored exactly. Without the gate the fused index finds a shortlist among all
 * items, which is scored exactly too. Settings stay until they are changed, also when a new
 * snapshot takes over: weights go by the objectives' names, exclusions by id. For one thread at a
 * time; get one per thread from {@link Recommender#searcher()} and keep it.
 */
public final class RelatedSearcher extends ItemSearcher {
  private final Recommender recommender;
  private final RelatedResult ownResult = new RelatedResult(0);
  private final BestLists best = new BestLists();
  private final RequestReranking reranking = new RequestReranking();
  private final RerankedList reranked = new RerankedList();
  private final RelatedTargets targets = new RelatedTargets(this);

  // Of the snapshot at hand, see bind().
  private Generation generation;
  private CandidateLists candidates;
  private RelatedTable table;
  private RelatedScorer scorer;
  private Reranker reranker;
  private int[] ahead; // of the table's list, before anything is left out
  private double[] stored;
  private double[] manual;
  private boolean[] own;

  private boolean ownWeights;
  private boolean gated = true;
  private boolean hasSeed;
  private long seed;

  /** Of no meaning; without it the compiler would see that nobody needs what was touched. */
  private int touched;

  RelatedSearcher(Recommender recommender, Generations generations) {
    super(generations);
    this.recommender = recommender;
    enter();
    exit();
  }

  @Override
  void bind(Generation next) {
    super.bind(next);
    generation = next;
    ObjectiveWeights before = scorer == null ? null : scorer.weights();
    double[] weightsBefore = manual;
    boolean[] ownBefore = own;
    candidates = next.snapshot().candidates();
    table = next.snapshot().related();
    ahead = new int[table.length()];
    scorer = next.snapshot().scorer();
    targets.bind(next);
    reranker = next.reranker();
    if (hasSeed) {
      reranker.explorationSeed(seed);
    }
    stored = scorer.weights().manual();
    manual = stored.clone();
    own = new boolean[manual.length];
    ownWeights = false;
    for (int k = 0; before != null && k < before.size(); k++) {
      int same = scorer.weights().indexOf(before.objectives().get(k).name());
      if (ownBefore[k] && same >= 0) {
        setWeight(same, weightsBefore[k]);
      }
    }
    reranking.rebind(next);
    makeRoomForPins();
  }

  private void makeRoomForPins() {
    targets.makeRoom(candidates.longest() + reranking.pins().length);
  }

  /**
   * The list of a query with new objects, as {@link Recommender#related(RelatedQuery)} gives it, of
   * the snapshot that this holds between {@link #pin} and {@link #unpin}. All settings of this
   * searcher return to what they were at first.
   *
   * @throws UnknownItemException if the snapshot doesn't know the item
   */
  public RelatedAnswer answer(RelatedQuery query) {
    reset();
    try {
      return RelatedAnswering.answer(recommender, query, this);
    } finally {
      reset();
    }
  }

  /**
   * Why an item has the score that it has under a query, as {@link
   * Recommender#explain(RelatedQuery, String)} gives it, likewise.
   *
   * @throws UnknownItemException if the snapshot doesn't know one of them
   */
  public Explanation explain(RelatedQuery query, String target) {
    Generation of = enter();
    try {
      int source = recommender.requireOrdinal(of, query.item());
      int ordinal = recommender.requireOrdinal(of, target);
      reset();
      apply(query);
      return RelatedAnswering.explain(
          of,
          query.item(),
          source,
          target,
          ordinal,
          this,
          of.bind(query.reranking()).adjustments(source, ordinal, System.currentTimeMillis()),
          List.of());
    } finally {
      exit();
      reset();
    }
  }

  /**
   * The objectives of the snapshot at hand, in the order of indexes of weights; see {@link #pin}.
   */
  public List<ObjectiveWeight> objectives() {
    enter();
    try {
      return scorer.weights().objectives();
    } finally {
      exit();
    }
  }

  /** Takes over what a query says; everything else must be as {@link #reset} leaves it. */
  void apply(RelatedQuery query) {
    for (Map.Entry<String, Double> weight : query.weights().entrySet()) {
      weight(Recommender.requireObjective(snapshot(), weight.getKey()), weight.getValue());
    }
    for (String id : query.excluded()) {
      exclude(id);
    }
    query.filter().ifPresent(this::filter);
    if (query.within().isPresent()) {
      deadline(System.nanoTime() + query.within().get().toNanos());
    }
    gate(query.gated());
    rerank(query.reranking());
  }

  @Override
  void reset() {
    super.reset();
    storedWeights();
    gate(true);
    clearReranking();
  }

  /** A result for whoever has the searcher, overwritten by the next one who has. */
  RelatedResult ownResult() {
    return ownResult;
  }

  /**
   * Replaces the manual weight of an objective in the requests from now on.
   *
   * @param objective its index in {@link Recommender#objectives()}
   * @param weight 0 to {@link ObjectiveWeight#MOST}
   */
  public void weight(int objective, double weight) {
    enter();
    try {
      Objects.checkIndex(objective, manual.length);
      String name = scorer.weights().objectives().get(objective).name();
      ObjectiveWeight.checkWeight(name, "weight of objective", weight);
      setWeight(objective, weight);
    } finally {
      exit();
    }
  }

  private void setWeight(int objective, double weight) {
    manual[objective] = weight;
    own[objective] = true;
    ownWeights = false;
    for (int k = 0; k < manual.length; k++) {
      ownWeights |= manual[k] != stored[k];
    }
  }

  /** Returns to the stored weights. */
  public void storedWeights() {
    System.arraycopy(stored, 0, manual, 0, stored.length);
    Arrays.fill(own, false);
    ownWeights = false;
  }

  /**
   * Re-ranks the lists from now on, in later snapshots too; the scores of a list are then computed
   * for it. A later snapshot that lacks what it needs refuses the requests, until another
   * re-ranking is asked for or none.
   *
   * @throws IllegalArgumentException if a filter, cap or freshness names a field that the snapshot
   *     doesn't have, one of the wrong kind or, for cap and freshness, one of which no item has a
   *     value, or diversity goes by similarities that it doesn't have; the re-ranking before goes
   *     on
   */
  public void rerank(Reranking how) {
    Generation of = enter();
    try {
      reranking.set(how, of);
      makeRoomForPins();
    } finally {
      exit();
    }
  }

  /** Lists are as scored again. */
  public void clearReranking() {
    reranking.clear();
    hasSeed = false;
    reranker.clearExplorationSeed();
  }

  /**
   * Draws with this seed from now on, in place of the re-ranking's own: give each request that
   * explores another.
   */
  public void explorationSeed(long value) {
    seed = value;
    hasSeed = true;
    reranker.explorationSeed(value);
  }

  /** The re-ranking of requests, bound to the snapshot at hand; null = none. */
  BoundReranking reranking() {
    return reranking.bound();
  }

  /**
   * Whether requests from now on look at the item's gated candidates only, as they do unless told
   * otherwise; false looks at all items, by the fused index, whatever their profiles.
   */
  public void gate(boolean on) {
    gated = on;
  }

  /**
   * The items related to one, best first.
   *
   * @param id of the item asked for
   * @param n how many at most, at least 0
   * @param out overwritten
   * @throws UnknownItemException if the snapshot doesn't know the id
   */
  public void related(CharSequence id, int n, RelatedResult out) {
    enter();
    try {
      answer(recommender.requireOrdinal(generation, id), n, out);
    } finally {
      exit();
    }
  }

  /** The same for an id that is a number: the id is its decimal form. */
  public void related(long id, int n, RelatedResult out) {
    enter();
    try {
      answer(recommender.requireOrdinal(generation, id), n, out);
    } finally {
      exit();
    }
  }

  /** The same for an item by its ordinal in the snapshot at hand, see {@link #pin}. */
  public void relatedToOrdinal(int ordinal, int n, RelatedResult out) {
    enter();
    try {
      Objects.checkIndex(ordinal, candidates.items() + generation.additions().items().size());
      answer(ordinal, n, out);
    } finally {
      exit();
    }
  }

  private void answer(int ordinal, int n, RelatedResult out) {
    Recommender.checkCount(n);
    begin(ordinal);
    boolean scored =
        !gated
            || ownWeights
            || reranking.bound() != null
            || ordinal >= candidates.items()
            || added().isInListOf(ordinal);
    if (scored || !fromTable(ordinal, n, out)) {
      scoreAndRank(ordinal, n, out);
    }
  }

  /** As {@link #relatedToOrdinal}, never from the table: what explanations are checked against. */
  void scored(int ordinal, int n, RelatedResult out) {
    begin(ordinal);
    scoreAndRank(ordinal, n, out);
  }

  private void begin(int ordinal) {
    if (!gated && ordinal < candidates.items()) {
      targets.requireIndex();
    }
    readMarks();
  }

  /** The manual weights of the next request; not to be changed. */
  double[] manual() {
    return manual;
  }

  /** Profile similarity as scores take it: 0 for what is no candidate by profile. */
  float similarity(int ordinal, int target) {
    return targets.similarity(ordinal, target);
  }

  RelatedScorer.Scratch scratch() {
    return targets.scratch();
  }

  /** False if the table, unlike the whole candidate list, is too short for this request. */
  private boolean fromTable(int ordinal, int n, RelatedResult out) {
    touched += table.touch(ordinal, n);
    int first = table.related(ordinal, n, ahead);
    touched += ids().touch(ahead, 0, first);
    out.begin(Math.min(n, table.length()), true);
    int length = table.length();
    int rank = 0;
    for (; rank < length && out.size() < n; rank++) {
      int target = table.itemOrNone(ordinal, rank);
      if (target < 0) {
        break;
      }
      if (isShown(target)) {
        out.add(target, table.score(ordinal, rank), table.source(ordinal, rank), ids());
      }
    }
    return out.size() == n || rank == candidates.count(ordinal);
  }

  private void scoreAndRank(int ordinal, int n, RelatedResult out) {
    if (ordinal >= candidates.items() && !added().contains(ordinal)) {
      out.begin(0, false); // taken away between two looks
      return;
    }
    BoundReranking how = reranking.bound();
    if (how != null) {
      if (how.attributes() != added().filters().attributes()) {
        reranking.rebindToItems(generation); // some came or went
        how = reranking.bound();
      }
      makeRoomForPins();
    }
    int[] pins = reranking.pins();
    int found =
        gated || ordinal >= candidates.items()
            ? targets.takeGated(ordinal, pins.length)
            : targets.takeNearest(ordinal, n, manual, pins.length);
    long now = how == null ? 0 : System.currentTimeMillis();
    int count = found;
    if (how != null) {
      count = targets.addPins(ordinal, found, pins, how.pins(ordinal, now, pins));
    }
    int scored = targets.score(ordinal, manual, found, count);
    if (how == null) {
      rank(ordinal, Math.min(n, scored), scored, out);
    } else {
      rerank(how, ordinal, n, scored, now, out);
    }
    if (scored < count) {
      out.markCutShort();
    }
  }

  /** The best of the scored targets. Equal scores: the candidate list's order, or the ordinals'. */
  private void rank(int ordinal, int wanted, int scored, RelatedResult out) {
    out.begin(wanted, false);
    BestItems heap = best.of(wanted);
    int[] ordinals = targets.ordinals();
    float[] scores = targets.scores();
    boolean byGate = targets.byGate();
    for (int i = 0; i < scored; i++) {
      // A NaN can only come out of a damaged body; it has no place in an order.
      if (scores[i] == scores[i]) {
        heap.offer(byGate ? i : ordinals[i], scores[i]);
      }
    }
    heap.sort();
    for (int rank = 0; rank < heap.size() && rank < wanted; rank++) {
      int found = heap.item(rank);
      int target = byGate ? ordinals[found] : found;
      CandidateSource source =
          byGate ? targets.source(ordinal, found) : targets.sourceOf(ordinal, target);
      add(target, heap.score(rank), source, 1, RerankedList.Placing.RANKED, out);
    }
  }

  private void rerank(
      BoundReranking how, int ordinal, int n, int scored, long now, RelatedResult out) {
    int sound = targets.dropUnscored(scored);
    int[] ordinals = targets.ordinals();
    reranker.rerank(how, ordinal, now, ordinals, targets.scores(), sound, n, reranked);
    out.begin(reranked.size(), false);
    for (int rank = 0; rank < reranked.size(); rank++) {
      int i = reranked.index(rank);
      add(
          ordinals[i],
          reranked.score(rank),
          targets.source(ordinal, i),
          reranked.propensity(rank),
          reranked.placing(rank),
          out);
    }
  }

  private void add(
      int target,
      float score,
      CandidateSource source,
      double propensity,
      RerankedList.Placing placing,
      RelatedResult out) {
    if (target < candidates.items()) {
      out.add(target, score, source, propensity, placing, ids());
    } else {
      out.add(target, score, source, propensity, placing, added().id(target));
    }
  }
}
