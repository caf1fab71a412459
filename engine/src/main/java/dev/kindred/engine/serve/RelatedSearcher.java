package dev.kindred.engine.serve;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.RerankedList;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.IdTable;
import java.util.Arrays;
import java.util.Objects;

/**
 * Answers requests for related items without allocating: the settings of a request, and the scratch
 * of one thread.
 *
 * <p>At the stored weights a list comes from the precomputed table. With other weights, or where
 * the table has too few left after exclusions and hide marks, the item's whole gated candidate list
 * is scored exactly. Settings stay until they are changed. For one thread at a time; get one per
 * thread from {@link Recommender#searcher()} and keep it.
 */
public final class RelatedSearcher {
  private final Recommender recommender;
  private final IdTable ids;
  private final CandidateLists candidates;
  private final RelatedTable table;
  private final RelatedScorer scorer;
  private final HiddenItems hidden;
  private final Reranker reranker;
  private final RerankedList reranked = new RerankedList();
  private RelatedScorer.Scratch scratch;
  private int[] targets;
  private int[] places; // in the candidate list; -1 for a pinned item that is no candidate
  private float[] scores;
  private int[] pins = new int[0];
  private BoundReranking reranking; // null = none
  private final double[] stored;
  private final double[] manual;
  private boolean ownWeights;
  private long[] excluded = new long[0];
  private int[] excludedOrdinals = new int[8];
  private int excludedCount;
  // One heap for each power of two, made when first asked for, so that any n allocates at most
  // once.
  private final BestItems[] best = new BestItems[Integer.SIZE];

  RelatedSearcher(
      Recommender recommender, Snapshot snapshot, HiddenItems hidden, Reranker reranker) {
    this.recommender = recommender;
    this.reranker = reranker;
    this.hidden = hidden;
    ids = snapshot.items();
    candidates = snapshot.candidates();
    table = snapshot.related();
    scorer = snapshot.scorer();
    int longest = candidates.longest();
    scratch = scorer.newScratch(Math.max(1, longest)); // an explanation takes one
    targets = new int[longest];
    places = new int[longest];
    scores = new float[longest];
    stored = scorer.weights().manual();
    manual = stored.clone();
  }

  /**
   * Replaces the manual weight of an objective in the requests from now on.
   *
   * @param objective its index in {@link Recommender#objectives()}
   * @param weight finite and at least 0
   */
  public void weight(int objective, double weight) {
    Objects.checkIndex(objective, manual.length);
    // The record's own check, so that there is one rule and one message.
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      ObjectiveWeight refused = scorer.weights().objectives().get(objective);
      throw new IllegalArgumentException(
          "weight of objective '"
              + refused.name()
              + "' is "
              + weight
              + ", must be finite and >= 0; its sign comes from its polarity");
    }
    manual[objective] = weight;
    ownWeights = !Arrays.equals(manual, stored);
  }

  /** Returns to the stored weights. */
  public void storedWeights() {
    System.arraycopy(stored, 0, manual, 0, stored.length);
    ownWeights = false;
  }

  /** Leaves an item out of the lists from now on. */
  public void exclude(int ordinal) {
    Objects.checkIndex(ordinal, candidates.items());
    if (excluded.length == 0) {
      excluded = new long[(candidates.items() + 63) >> 6];
    }
    if (HiddenItems.isSet(excluded, ordinal)) {
      return;
    }
    excluded[ordinal >> 6] |= 1L << ordinal;
    if (excludedCount == excludedOrdinals.length) {
      excludedOrdinals = Arrays.copyOf(excludedOrdinals, 2 * excludedCount);
    }
    excludedOrdinals[excludedCount++] = ordinal;
  }

  /** Leaves nothing out any more, other than hidden items. */
  public void clearExclusions() {
    for (int i = 0; i < excludedCount; i++) {
      excluded[excludedOrdinals[i] >> 6] = 0;
    }
    excludedCount = 0;
  }

  /**
   * Re-ranks the lists from now on; the scores of a list are then computed for it.
   *
   * @param settings of {@link Recommender#bind}
   */
  public void rerank(BoundReranking settings) {
    if (settings.attributes().items() != candidates.items()) {
      throw new IllegalArgumentException(
          "the re-ranking is bound to "
              + settings.attributes().items()
              + " items, the snapshot has "
              + candidates.items()
              + "; bind it with the recommender of this searcher");
    }
    reranking = settings.reranking().isNone() ? null : settings;
    int most = Math.max(1, candidates.longest() + settings.maxPins());
    if (scratch.maxTargets() < most) {
      scratch = scorer.newScratch(most);
      targets = new int[most];
      places = new int[most];
      scores = new float[most];
    }
    if (pins.length < settings.maxPins()) {
      pins = new int[settings.maxPins()];
    }
  }

  /** Lists are as scored again. */
  public void clearReranking() {
    reranking = null;
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
    relatedToOrdinal(recommender.requireOrdinal(id), n, out);
  }

  /** The same for an id that is a number: the id is its decimal form. */
  public void related(long id, int n, RelatedResult out) {
    relatedToOrdinal(recommender.requireOrdinal(id), n, out);
  }

  /** The same for an item by its ordinal in this snapshot. */
  public void relatedToOrdinal(int ordinal, int n, RelatedResult out) {
    Objects.checkIndex(ordinal, candidates.items());
    Recommender.checkCount(n);
    long[] hiddenBits = hidden.bits();
    if (ownWeights || reranking != null || !fromTable(ordinal, n, hiddenBits, out)) {
      score(ordinal, n, hiddenBits, out);
    }
  }

  /** As {@link #relatedToOrdinal}, never from the table: what explanations are checked against. */
  void scored(int ordinal, int n, RelatedResult out) {
    score(ordinal, n, hidden.bits(), out);
  }

  /** The manual weights of the next request; not to be changed. */
  double[] manual() {
    return manual;
  }

  RelatedScorer.Scratch scratch() {
    return scratch;
  }

  /** False if the table, unlike the whole candidate list, is too short for this request. */
  private boolean fromTable(int ordinal, int n, long[] hiddenBits, RelatedResult out) {
    int wanted = Math.min(n, candidates.count(ordinal));
    out.begin(wanted, true);
    int count = table.count(ordinal);
    for (int rank = 0; rank < count && out.size() < wanted; rank++) {
      int target = table.item(ordinal, rank);
      if (isShown(target, hiddenBits)) {
        long place = candidates.find(ordinal, target);
        if (place < 0) {
          // Of two different builds, or damaged: the candidate list is the gate, so it decides.
          return false;
        }
        out.add(target, table.score(ordinal, rank), candidates.source(place), ids);
      }
    }
    return out.size() == wanted || count == candidates.count(ordinal);
  }

  private void score(int ordinal, int n, long[] hiddenBits, RelatedResult out) {
    long start = candidates.start(ordinal);
    int count = candidates.copyItems(ordinal, targets);
    int shown = 0;
    for (int place = 0; place < count; place++) {
      if (isShown(targets[place], hiddenBits)) {
        targets[shown] = targets[place];
        places[shown++] = place;
      }
    }
    if (reranking != null) {
      rerank(ordinal, shown, n, hiddenBits, out);
      return;
    }
    scorer.score(ordinal, targets, shown, manual, scores, scratch);
    int wanted = Math.min(n, shown);
    out.begin(wanted, false);
    BestItems heap = heapFor(wanted);
    for (int i = 0; i < shown; i++) {
      // A NaN can only come out of a damaged body; it has no place in an order.
      if (scores[i] == scores[i]) {
        heap.offer(i, scores[i]);
      }
    }
    heap.sort();
    for (int rank = 0; rank < wanted && rank < heap.size(); rank++) {
      int i = heap.item(rank);
      out.add(targets[i], heap.score(rank), candidates.source(start + places[i]), ids);
    }
  }

  /**
   * Adds pinned items to the candidates, scores all and re-ranks them.
   *
   * @param shown candidates at the front of targets and places
   */
  private void rerank(int ordinal, int shown, int n, long[] hiddenBits, RelatedResult out) {
    long now = System.currentTimeMillis();
    int count = shown;
    int pinCount = reranking.pins(ordinal, now, pins);
    for (int p = 0; p < pinCount; p++) {
      int target = pins[p];
      if (target != ordinal && isShown(target, hiddenBits) && !isAmong(target, count)) {
        targets[count] = target;
        places[count++] = -1;
      }
    }
    scorer.score(ordinal, targets, count, manual, scores, scratch);
    int sound = 0;
    for (int i = 0; i < count; i++) {
      // A NaN can only come out of a damaged body; it has no place in an order.
      if (scores[i] == scores[i]) {
        targets[sound] = targets[i];
        places[sound] = places[i];
        scores[sound++] = scores[i];
      }
    }
    reranker.rerank(reranking, ordinal, now, targets, scores, sound, n, reranked);
    out.begin(reranked.size(), false);
    long start = candidates.start(ordinal);
    for (int rank = 0; rank < reranked.size(); rank++) {
      int i = reranked.index(rank);
      out.add(
          targets[i],
          reranked.score(rank),
          places[i] < 0 ? CandidateSource.PINNED : candidates.source(start + places[i]),
          reranked.propensity(rank),
          reranked.placing(rank),
          ids);
    }
  }

  private boolean isAmong(int target, int count) {
    for (int i = 0; i < count; i++) {
      if (targets[i] == target) {
        return true;
      }
    }
    return false;
  }

  private boolean isShown(int target, long[] hiddenBits) {
    return !HiddenItems.isSet(hiddenBits, target) && !HiddenItems.isSet(excluded, target);
  }

  private BestItems heapFor(int capacity) {
    int power = capacity <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(capacity - 1);
    if (best[power] == null) {
      best[power] = new BestItems(1 << power);
    }
    best[power].clear();
    return best[power];
  }
}
