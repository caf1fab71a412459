package dev.kindred.engine.serve;

import dev.kindred.engine.related.VectorSimilarity;
import dev.kindred.engine.rerank.BoundReranking;
import dev.kindred.engine.rerank.FilterCache;
import dev.kindred.engine.rerank.ItemAttributes;
import dev.kindred.engine.rerank.ItemSimilarity;
import dev.kindred.engine.rerank.Reranker;
import dev.kindred.engine.rerank.Reranking;
import dev.kindred.engine.snapshot.ProfileTable;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.index.OrdinalFilter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One opened snapshot and what is derived from it, under a number that no other of the same
 * recommender ever has. Only to be read under a {@link Lease}; may be shared by threads.
 */
final class Generation {
  private static final int KEPT = 64;

  private final long number;
  private final Snapshot snapshot;
  private final HiddenItems hidden;
  private final FilterCache attributeFilters;
  private final ItemSimilarity profileSimilarity;
  private final ItemSimilarity vectorSimilarity;
  private final Map<ItemFilter, OrdinalFilter> filters = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Reranking, BoundReranking> rerankings = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Takes the snapshot over.
   *
   * @param number at least 1
   * @param live null without live state
   */
  Generation(long number, Snapshot snapshot, LiveState live) {
    this.number = number;
    this.snapshot = snapshot;
    hidden = new HiddenItems(live, snapshot.items());
    Optional<ProfileTable> profile = snapshot.profile();
    attributeFilters =
        new FilterCache(
            profile.isPresent() ? profile.get() : ItemAttributes.none(snapshot.items().size()));
    profileSimilarity = profile.isPresent() ? profile.get()::cosine : ItemSimilarity.NONE;
    vectorSimilarity = VectorSimilarity.of(snapshot.scorer());
  }

  long number() {
    return number;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** The items hidden by live state. */
  HiddenItems hidden() {
    return hidden;
  }

  /** A re-ranker with this snapshot's similarities, for one thread. */
  Reranker reranker() {
    return new Reranker(profileSimilarity, vectorSimilarity);
  }

  /** A re-ranking over this snapshot's items and fields. */
  BoundReranking bind(Reranking reranking) {
    return kept(
        rerankings,
        reranking,
        how -> BoundReranking.of(how, attributeFilters, snapshot.items()::ordinalOf));
  }

  /** What a filter says of this snapshot's items. */
  OrdinalFilter filter(ItemFilter filter) {
    return kept(filters, filter, which -> which.in(snapshot));
  }

  /** What was made of a key before, as long as it is among the last few asked for. */
  private static <K, V> V kept(Map<K, V> kept, K key, Function<K, V> maker) {
    synchronized (kept) {
      V known = kept.get(key);
      if (known != null) {
        return known;
      }
    }
    // Two threads may both make it; neither keeps those from waiting that ask for another.
    V made = maker.apply(key);
    synchronized (kept) {
      kept.put(key, made);
      if (kept.size() > KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return made;
  }

  void close() {
    snapshot.close();
  }
}
