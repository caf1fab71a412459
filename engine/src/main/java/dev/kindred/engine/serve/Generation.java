package dev.kindred.engine.serve;

import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedSearcher;
import dev.kindred.engine.related.VectorSimilarity;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.rerank.FilterCache;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.engine.rerank.ItemSimilarity;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.RecallMonitor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One opened snapshot and what is derived from it, under a number that no other of the same
 * recommender ever has. Only to be read under a {@link Lease}; may be shared by threads.
 */
final class Generation {
  private static final int KEPT = 64;

  private final long number;
  private final Snapshot snapshot;
  private final HiddenItems hidden;
  private final Additions additions;
  private final ItemSimilarity vectorSimilarity;
  private final boolean hasVectors;
  private final boolean hasTexts;
  private final RecallMonitor monitor; // null: nothing is compared
  private final Map<ItemFilter, OrdinalFilter> filters = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Reranking, BoundReranking> rerankings = new LinkedHashMap<>(16, 0.75f, true);
  private ItemAttributes boundTo; // guarded by rerankings

  /**
   * Takes the snapshot over.
   *
   * @param number at least 1
   * @param live null without live state
   * @param recallShare part of the searches over all items that are compared with exact ones
   */
  Generation(long number, Snapshot snapshot, LiveState live, double recallShare) {
    this.number = number;
    this.snapshot = snapshot;
    hidden = new HiddenItems(live, snapshot.items());
    additions = new Additions(live, snapshot);
    int size = snapshot.items().size();
    VectorSimilarity vectors = VectorSimilarity.of(snapshot.scorer());
    hasVectors = !vectors.isNone();
    hasTexts = snapshot.profile().isPresent() && snapshot.profile().get().values() > 0;
    vectorSimilarity =
        (first, second) -> first < size && second < size ? vectors.of(first, second) : 0;
    monitor =
        recallShare > 0 && snapshot.fused().isPresent()
            ? snapshot.fused().get().monitor(recallShare)
            : null;
  }

  /** Compares some of the searches over all items; empty where none are. */
  Optional<RecallMonitor> monitor() {
    return Optional.ofNullable(monitor);
  }

  long number() {
    return number;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** A searcher of this snapshot's fused index, watched if any are. */
  FusedSearcher searcher(FusedIndex fused) {
    return monitor == null ? fused.searcher() : fused.searcher(monitor);
  }

  /** The items hidden by live state. */
  HiddenItems hidden() {
    return hidden;
  }

  /** The items added since. */
  Additions additions() {
    return additions;
  }

  /** Ordinal of an item of the snapshot or of one added since, or -1; allocates nothing. */
  int ordinalOf(CharSequence id) {
    int ordinal = snapshot.items().ordinalOf(id);
    return ordinal >= 0 ? ordinal : additions.items().ordinalOf(id);
  }

  /** Id of an ordinal that this gave out. */
  String idOf(int ordinal) {
    return ordinal < snapshot.items().size()
        ? snapshot.items().idOf(ordinal)
        : additions.items().item(ordinal).id();
  }

  /** Field name to values of an item that this gave the ordinal of. */
  Map<String, List<String>> profile(int ordinal) {
    if (ordinal >= snapshot.items().size()) {
      return additions.items().item(ordinal).values();
    }
    return snapshot.profile().map(profile -> profile.valuesOf(ordinal)).orElse(Map.of());
  }

  private float profileSimilarity(int first, int second) {
    int size = snapshot.items().size();
    if (first >= size || second >= size) {
      return additions.items().cosine(first, second);
    }
    return snapshot.gate().isPresent()
        ? snapshot.gate().get().cosine(first, second)
        : snapshot.profile().isPresent() ? snapshot.profile().get().cosine(first, second) : 0;
  }

  /** A re-ranker with this snapshot's similarities, for one thread. */
  Reranker reranker() {
    return new Reranker(this::profileSimilarity, vectorSimilarity);
  }

  /**
   * A re-ranking over this snapshot's items and fields, and over the items added since.
   *
   * @throws IllegalArgumentException if it needs what the snapshot doesn't have
   */
  BoundReranking bind(Reranking reranking) {
    BoundReranking bound = bindAnew(reranking);
    bound.requireValues();
    return bound;
  }

  /**
   * The same for one that this has bound before: where the items with values of a field are gone
   * since, what goes by that field changes nothing any more.
   */
  BoundReranking bindAnew(Reranking reranking) {
    requireSimilarities(reranking.diversity());
    FilterCache attributes = additions.items().filters();
    synchronized (rerankings) {
      if (boundTo != attributes.attributes()) {
        boundTo = attributes.attributes();
        rerankings.clear(); // they know nothing of the item that came
      }
    }
    BoundReranking known = known(rerankings, reranking);
    return known != null
        ? known
        : keep(rerankings, reranking, BoundReranking.of(reranking, attributes, this::ordinalOf));
  }

  /** Where no two items are alike, diversity would change nothing and not say so. */
  private void requireSimilarities(Diversity diversity) {
    if (diversity.isOff()) {
      return;
    }
    if (diversity.basis() == Diversity.Basis.PROFILE && !hasTexts) {
      throw new IllegalArgumentException(
          "diversity by profile needs a catalogue whose items have texts, which the snapshot"
              + " doesn't have; "
              + (hasVectors ? "take it by vectors, or leave it out" : "leave it out"));
    }
    if (diversity.basis() == Diversity.Basis.VECTORS && !hasVectors) {
      throw new IllegalArgumentException(
          "diversity by vectors needs factors of a positive objective, of which the snapshot has"
              + " none that tell items apart; "
              + (hasTexts ? "take it by profile, or leave it out" : "leave it out"));
    }
  }

  /** What a filter says of this snapshot's items. */
  OrdinalFilter filter(ItemFilter filter) {
    OrdinalFilter known = known(filters, filter);
    return known != null ? known : keep(filters, filter, filter.in(snapshot));
  }

  /** What was made of a key, or null if it isn't among the last few asked for. */
  private static <K, V> V known(Map<K, V> kept, K key) {
    synchronized (kept) {
      return kept.get(key);
    }
  }

  /** Two threads may both make it; neither keeps those from waiting that ask for another. */
  private static <K, V> V keep(Map<K, V> kept, K key, V made) {
    synchronized (kept) {
      kept.put(key, made);
      if (kept.size() > KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return made;
  }

  void close() {
    if (monitor != null) {
      monitor.close(); // it reads the snapshot
    }
    snapshot.close();
  }
}
