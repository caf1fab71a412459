package dev.kindred.engine.serve;

import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.rank.Ranking;
import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.Term;
import dev.kindred.engine.related.VectorSimilarity;
import dev.kindred.engine.rerank.Adjustment;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.FilterCache;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.engine.rerank.ItemSimilarity;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.rerank.Rule;
import dev.kindred.engine.snapshot.Manifest;
import dev.kindred.engine.snapshot.ProfileTable;
import dev.kindred.engine.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Answers from one opened snapshot: related items, at the stored weights or at those of a request,
 * and why.
 *
 * <pre>{@code
 * try (var recommender = Recommender.open(Path.of("snapshot"))) {
 *   for (var item : recommender.related("video-42", 10)) {
 *     System.out.println(item.id() + " " + item.score());
 *   }
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. The methods here allocate their results; {@link #searcher()}
 * gives a twin for one thread that allocates nothing.
 */
public final class Recommender implements AutoCloseable {
  private final Snapshot snapshot;
  private final LiveState live; // null without live state
  private final HiddenItems hidden;
  private final ObjectiveWeights weights;
  private final FilterCache filters;
  private final ItemSimilarity profileSimilarity;
  private final ItemSimilarity vectorSimilarity;

  private Recommender(Snapshot snapshot, LiveState live) {
    this.snapshot = snapshot;
    this.live = live;
    weights = snapshot.scorer().weights();
    hidden = new HiddenItems(live, snapshot.items());
    Optional<ProfileTable> profile = snapshot.profile();
    filters =
        new FilterCache(
            profile.isPresent() ? profile.get() : ItemAttributes.none(snapshot.items().size()));
    profileSimilarity = profile.isPresent() ? profile.get()::cosine : ItemSimilarity.NONE;
    vectorSimilarity = VectorSimilarity.of(snapshot.scorer());
  }

  /**
   * Opens a snapshot without live state: nothing is hidden.
   *
   * @param path its directory, or the directory of snapshots whose CURRENT file names it
   * @throws IOException if there is no snapshot
   * @throws dev.kindred.index.file.CorruptFileException if it is damaged or of another version
   */
  public static Recommender open(Path path) throws IOException {
    return new Recommender(Snapshot.open(path), null);
  }

  /**
   * Opens a snapshot with live state: items hidden there are never returned, from the moment of
   * hiding on.
   *
   * @param live borrowed; whoever opened it closes it, after this recommender
   */
  public static Recommender open(Path path, LiveState live) throws IOException {
    Objects.requireNonNull(live, "live");
    Snapshot snapshot = Snapshot.open(path);
    try {
      return new Recommender(snapshot, live);
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  /** What the snapshot says about itself. */
  public Manifest manifest() {
    return snapshot.manifest();
  }

  /** Number of items; their ordinals run from 0. */
  public int size() {
    return snapshot.items().size();
  }

  /** The objectives with their stored weights, in the order of indexes of weights. */
  public List<ObjectiveWeight> objectives() {
    return weights.objectives();
  }

  /** Whether the snapshot knows the item; allocates nothing. */
  public boolean contains(CharSequence id) {
    return snapshot.items().ordinalOf(id) >= 0;
  }

  /** Ordinal of an item in this snapshot, or -1 if it is unknown; allocates nothing. */
  public int ordinalOf(CharSequence id) {
    return snapshot.items().ordinalOf(id);
  }

  /** Id of an ordinal in [0, size()), as a new string. */
  public String idOf(int ordinal) {
    return snapshot.items().idOf(ordinal);
  }

  /**
   * Field name to values of an item's profile, in the catalogue's order; empty where the snapshot
   * has no catalogue.
   *
   * @throws UnknownItemException if the snapshot doesn't know the id
   */
  public Map<String, List<String>> profile(String id) {
    int ordinal = requireOrdinal(id);
    return snapshot.profile().map(profile -> profile.valuesOf(ordinal)).orElse(Map.of());
  }

  /** Names of the profile fields, in the catalogue's order; empty without a catalogue. */
  public List<String> profileFields() {
    return snapshot.profile().map(ProfileTable::fields).orElse(List.of());
  }

  /** A searcher that allocates nothing per request; one per thread, to be kept. */
  public RelatedSearcher searcher() {
    return new RelatedSearcher(this, snapshot, hidden, reranker());
  }

  /**
   * A re-ranking over this snapshot's items and fields, for {@link RelatedSearcher#rerank}; make it
   * once and keep it.
   *
   * @throws IllegalArgumentException if a filter, cap or freshness names a field that the snapshot
   *     doesn't have, or one of the wrong kind
   */
  public BoundReranking bind(Reranking reranking) {
    return BoundReranking.of(reranking, filters, this::ordinalOf);
  }

  /** A re-ranker with this snapshot's similarities, for one thread. */
  public Reranker reranker() {
    return new Reranker(profileSimilarity, vectorSimilarity);
  }

  /**
   * The items related to one, best first, at the stored weights.
   *
   * @param n how many at most, at least 0
   * @throws UnknownItemException if the snapshot doesn't know the id
   */
  public List<RelatedItem> related(String id, int n) {
    return related(RelatedQuery.item(id).top(n)).items();
  }

  /** The same for an id that is a number: the id is its decimal form. */
  public List<RelatedItem> related(long id, int n) {
    return related(Long.toString(id), n);
  }

  /**
   * The items related to one, best first, with what the query says about weights, exclusions and
   * explanations.
   *
   * @throws UnknownItemException if the snapshot doesn't know the item
   * @throws IllegalArgumentException if a weight names no objective or is out of range
   */
  public RelatedAnswer related(RelatedQuery query) {
    int source = requireOrdinal(query.item());
    RelatedSearcher searcher = searcher();
    for (Map.Entry<String, Double> weight : query.weights().entrySet()) {
      searcher.weight(requireObjective(weight.getKey()), weight.getValue());
    }
    for (String id : query.excluded()) {
      int ordinal = ordinalOf(id);
      if (ordinal >= 0) {
        searcher.exclude(ordinal);
      }
    }
    BoundReranking reranking = bind(query.reranking());
    searcher.rerank(reranking);
    RelatedResult result = new RelatedResult(0);
    if (query.explained()) {
      searcher.scored(source, query.n(), result);
    } else {
      searcher.relatedToOrdinal(source, query.n(), result);
    }
    List<RelatedItem> items = new ArrayList<>(result.size());
    for (int rank = 0; rank < result.size(); rank++) {
      int target = result.ordinal(rank);
      Optional<Explanation> explanation =
          query.explained()
              ? Optional.of(explain(query.item(), source, result, rank, searcher, reranking))
              : Optional.empty();
      items.add(
          new RelatedItem(
              result.id(rank),
              result.score(rank),
              result.source(rank),
              rank,
              result.propensity(rank),
              result.placing(rank),
              explanation));
    }
    List<String> notes = notes(source, query.n(), items);
    if (!reranking.unknownIds().isEmpty()) {
      notes.add("rules name items that the snapshot doesn't know: " + reranking.unknownIds());
    }
    return new RelatedAnswer(query.item(), items, result.precomputed(), notes);
  }

  /**
   * Why an item is related to another, at the stored weights, whether or not it is a candidate.
   *
   * <p>The terms sum to the explanation's score to the bit. That is also the score of the stored
   * table, unless this machine has other vectors than the one that built it (see the manifest's
   * simdBits): then the last bits may differ, and {@link RelatedQuery#explain()} gives list and
   * explanations that agree.
   *
   * @throws UnknownItemException if the snapshot doesn't know one of them
   */
  public Explanation explain(String source, String target) {
    return explain(
        source,
        requireOrdinal(source),
        target,
        requireOrdinal(target),
        searcher(),
        List.of(),
        List.of());
  }

  /** Whether the snapshot has what personalised lists need. */
  public boolean canRecommend() {
    return snapshot.ranking().isPresent();
  }

  /**
   * A searcher for personalised lists that allocates nothing per request; one per thread, to be
   * kept.
   *
   * @throws IllegalStateException if the snapshot has no ranking
   */
  public RecommendSearcher recommendSearcher() {
    Ranking ranking =
        snapshot
            .ranking()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "snapshot "
                            + snapshot.directory()
                            + " has no personalised ranking; train it from a log with the order of"
                            + " events, and with rank enabled"));
    return new RecommendSearcher(snapshot, ranking, hidden, live, reranker());
  }

  /**
   * Items for a user, best first.
   *
   * @param user id; one that is not known is treated as anonymous
   * @param n how many at most, at least 0
   * @throws IllegalStateException if the snapshot has no ranking
   */
  public List<RecommendedItem> recommend(String user, int n) {
    return recommend(RecommendQuery.user(user).top(n)).items();
  }

  /**
   * Items for a user, a history or nobody known, best first.
   *
   * @throws IllegalStateException if the snapshot has no ranking
   * @throws IllegalArgumentException if a weight names no task or is out of range
   */
  public RecommendAnswer recommend(RecommendQuery query) {
    RecommendSearcher searcher = recommendSearcher();
    return Recommendation.answer(query, searcher, bind(query.reranking()), snapshot.items());
  }

  /** Unmaps the snapshot; whoever still asks gets an IllegalStateException. */
  @Override
  public void close() {
    snapshot.close();
  }

  int requireOrdinal(CharSequence id) {
    int ordinal = snapshot.items().ordinalOf(id);
    if (ordinal < 0) {
      throw unknown(id.toString());
    }
    return ordinal;
  }

  int requireOrdinal(long id) {
    int ordinal = snapshot.items().ordinalOf(id);
    if (ordinal < 0) {
      throw unknown(Long.toString(id));
    }
    return ordinal;
  }

  static void checkCount(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("number of items is " + n + ", must be >= 0");
    }
  }

  /** Of an item in an answer. */
  private Explanation explain(
      String sourceId,
      int source,
      RelatedResult result,
      int rank,
      RelatedSearcher searcher,
      BoundReranking reranking) {
    int target = result.ordinal(rank);
    long now = System.currentTimeMillis();
    List<String> remarks = new ArrayList<>();
    switch (result.placing(rank)) {
      case PINNED -> {
        Rule pin = reranking.pinnedBy(source, target, now);
        remarks.add("pinned here" + (pin == null ? "" : " by rule: " + pin.name()));
      }
      case EXPLORED -> remarks.add("drawn by exploration");
      case BURIED -> {
        Rule bury = reranking.buriedBy(source, target, now);
        remarks.add("buried" + (bury == null ? "" : " by rule: " + bury.name()));
      }
      case RANKED -> {}
    }
    if (result.propensity(rank) < 1) {
      remarks.add(String.format(Locale.ROOT, "propensity %.6f", result.propensity(rank)));
    }
    return explain(
        sourceId,
        source,
        result.id(rank),
        target,
        searcher,
        reranking.adjustments(source, target, now),
        remarks);
  }

  private Explanation explain(
      String sourceId,
      int source,
      String targetId,
      int target,
      RelatedSearcher searcher,
      List<Adjustment> adjustments,
      List<String> remarks) {
    List<Term> terms =
        snapshot.scorer().terms(source, target, searcher.manual(), searcher.scratch());
    long place = snapshot.candidates().find(source, target);
    List<SharedValue> shared =
        snapshot.profile().map(profile -> profile.shared(source, target)).orElse(List.of());
    return new Explanation(
        sourceId,
        targetId,
        place < 0 ? Optional.empty() : Optional.of(snapshot.candidates().source(place)),
        place < 0 ? 0 : snapshot.candidates().similarity(place),
        shared,
        terms,
        adjustments,
        remarks,
        Explanation.sum(terms, adjustments));
  }

  private List<String> notes(int source, int n, List<RelatedItem> items) {
    List<String> notes = new ArrayList<>();
    if (!manifest().catalogue()) {
      notes.add(
          "the snapshot has no catalogue: candidates come from co-occurrence and factors, not from"
              + " content");
    }
    if (items.size() < n) {
      notes.add(
          items.size()
              + " of the "
              + n
              + " items asked for: the item has "
              + snapshot.candidates().count(source)
              + " candidates, hidden and excluded ones included");
    }
    if (!snapshot.scorer().knows(source)) {
      notes.add(
          "no model has seen the item in the log: its list stands in the order of similarity");
    }
    return notes;
  }

  private int requireObjective(String name) {
    int objective = weights.indexOf(name);
    if (objective < 0) {
      throw new IllegalArgumentException(
          "no objective '"
              + name
              + "'; the snapshot has "
              + weights.objectives().stream().map(ObjectiveWeight::name).toList());
    }
    return objective;
  }

  private UnknownItemException unknown(String id) {
    boolean added =
        live != null
            && !id.isEmpty()
            && id.length() <= LiveState.MAX_ID_BYTES / 3
            && live.item(id).isPresent();
    String shown = id.length() > 100 ? id.substring(0, 100) + "..." : id;
    return new UnknownItemException(
        id,
        added
            ? "item '"
                + shown
                + "' was added after this snapshot was built and has no related items yet; build"
                + " the next snapshot"
            : "unknown item '"
                + shown
                + "': it is none of the "
                + size()
                + " items of snapshot "
                + snapshot.directory()
                + "; check the id, or build a snapshot from a log that has it");
  }
}
