package dev.kindred.engine.serve;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.BestLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedLayout;
import dev.kindred.engine.fused.FusedSearcher;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.UnknownObjectiveException;
import dev.kindred.index.Neighbors;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the items whose stored vectors are most similar to a vector, without allocating: the
 * settings of a request, and the scratch of one thread.
 *
 * <p>The fused index finds a shortlist; its scores are exact inner products with the stored unit
 * vectors. Settings stay until they are changed. For one thread at a time; get one per thread from
 * {@link Recommender#similarSearcher()} and keep it.
 */
public final class SimilarSearcher extends ItemSearcher {
  private static final int STEP = 256;
  private static final int SHORTLIST_PER_ITEM = 4;
  private static final int SHORTLIST_BESIDES = 100;
  private static final int MOST_EXTRA = 1000;

  private final BestLists best = new BestLists();
  private final Neighbors neighbors = new Neighbors(0);
  private final RelatedResult ownResult = new RelatedResult(0);
  private FusedIndex index;
  private FusedSearcher searcher;
  private float[] whole;
  private int[] targets = new int[0];
  private float[] scores = new float[0];

  SimilarSearcher(Generations generations) {
    super(generations);
    enter();
    exit();
  }

  @Override
  void bind(Generation next) {
    super.bind(next);
    index = next.snapshot().fused().orElse(null);
    searcher = null;
    whole = new float[index == null ? 0 : index.full().vectorDim()];
  }

  /** The list of a query; everything must be as {@link #reset} leaves it. */
  SimilarAnswer answer(SimilarQuery query) {
    enter();
    try {
      query.excluded().forEach(this::exclude);
      query.filter().ifPresent(this::filter);
      query.within().ifPresent(time -> deadline(System.nanoTime() + time.toNanos()));
      if (query.channel().isEmpty()) {
        similar(query.vector(), query.n(), ownResult);
      } else {
        SimilarQuery.OneChannel channel = query.channel().get();
        similar(channel.objective(), channel.kind(), query.vector(), query.n(), ownResult);
      }
    } finally {
      exit();
    }
    List<SimilarAnswer.Item> items = new ArrayList<>(ownResult.size());
    for (int rank = 0; rank < ownResult.size(); rank++) {
      items.add(new SimilarAnswer.Item(ownResult.id(rank), ownResult.score(rank), rank));
    }
    return new SimilarAnswer(items, ownResult.cutShort());
  }

  /**
   * Length of a vector over all channels: their unit vectors one after another, in the order of
   * {@link Recommender#channels()}; 0 if the snapshot has no index over them.
   */
  public int dim() {
    enter();
    try {
      return whole.length;
    } finally {
      exit();
    }
  }

  /**
   * The items with the largest inner product with a vector over all channels, best first. Each
   * channel's part may be scaled by what the channel is to count; zeros leave it out.
   *
   * @param vector [{@link #dim()}], finite
   * @param n how many at most, at least 0
   * @param out overwritten; every source is {@link CandidateSource#VECTORS}
   */
  public void similar(float[] vector, int n, RelatedResult out) {
    enter();
    try {
      requireIndex();
      checkLength(vector, whole.length, "all channels");
      System.arraycopy(vector, 0, whole, 0, whole.length);
      Channel first = index.full().places().getFirst().part().channel();
      search(first, whole.length, whole, n, out);
    } finally {
      exit();
    }
  }

  /**
   * The items whose vectors of one channel have the largest inner product with a vector: the cosine
   * if that has length 1. Items that lack the channel are left out.
   *
   * @param objective of the channel
   * @param kind of the channel, not a prior
   * @param vector as long as the channel's, finite
   * @param n how many at most, at least 0
   * @param out overwritten; every source is {@link CandidateSource#VECTORS}
   */
  public void similar(
      String objective, Channel.Kind kind, float[] vector, int n, RelatedResult out) {
    enter();
    try {
      requireIndex();
      FusedLayout.Place place = place(objective, kind);
      checkLength(vector, place.dim(), "channel '" + objective + "' " + kind.label());
      Arrays.fill(whole, 0);
      System.arraycopy(vector, 0, whole, place.offset(), vector.length);
      search(place.part().channel(), vector.length, vector, n, out);
    } finally {
      exit();
    }
  }

  private FusedLayout.Place place(String objective, Channel.Kind kind) {
    List<FusedLayout.Place> places = index.full().places();
    for (int c = 0; c < places.size(); c++) {
      Channel channel = places.get(c).part().channel();
      if (channel.kind() == kind && channel.objective().equals(objective)) {
        return places.get(c);
      }
    }
    String fault =
        "no channel '"
            + objective
            + "' "
            + kind.label()
            + "; the snapshot has "
            + places.stream().map(place -> place.part().channel().toString()).toList();
    boolean isKnown =
        places.stream().anyMatch(place -> place.part().channel().objective().equals(objective));
    throw isKnown ? new IllegalArgumentException(fault) : new UnknownObjectiveException(fault);
  }

  private void requireIndex() {
    if (index == null) {
      throw new IllegalArgumentException(
          "the snapshot has no index over all items; build one with it");
    }
  }

  private static void checkLength(float[] vector, int dim, String of) {
    if (vector.length != dim) {
      throw new IllegalArgumentException(
          "the vector has " + vector.length + " numbers, those of " + of + " have " + dim);
    }
  }

  /** Scores the shortlist of {@code whole} by rows of {@code dim} numbers from a channel's on. */
  private void search(Channel channel, int dim, float[] vector, int n, RelatedResult out) {
    Recommender.checkCount(n);
    readMarks();
    if (searcher == null) {
      searcher = generation().searcher(index);
    }
    long wanted = (long) SHORTLIST_PER_ITEM * n + SHORTLIST_BESIDES;
    int k = (int) Math.min(channel.items(), wanted + Math.min(MOST_EXTRA, exclusions()));
    int ef = isLate() ? k : Math.max(k, FusedSearcher.DEFAULT_EF);
    searcher.similar(whole, k, ef, passing(), neighbors);
    if (targets.length < k) {
      targets = new int[k];
      scores = new float[k];
    }
    boolean ofChannel = vector != whole;
    int shown = 0;
    for (int i = 0; i < neighbors.size(); i++) {
      int target = neighbors.ordinal(i);
      if (isShown(target) && (!ofChannel || channel.has(target))) {
        targets[shown++] = target;
      }
    }
    int scored = 0;
    while (scored < shown) {
      int to = hasDeadline() ? Math.min(shown, scored + STEP) : shown;
      Distances.dotRows(
          vector, 0, channel.rows(), channel.strideBytes(), targets, scored, to, dim, scores);
      scored = to;
      if (isLate()) {
        break;
      }
    }
    int length = Math.min(n, scored);
    out.begin(length, false);
    if (scored < shown) {
      out.markCutShort();
    }
    BestItems heap = best.of(length);
    for (int i = 0; i < scored; i++) {
      if (scores[i] == scores[i]) {
        heap.offer(targets[i], scores[i]);
      }
    }
    heap.sort();
    for (int rank = 0; rank < heap.size() && out.size() < n; rank++) {
      out.add(heap.item(rank), heap.score(rank), CandidateSource.VECTORS, ids());
    }
  }
}
