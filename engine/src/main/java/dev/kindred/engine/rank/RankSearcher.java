package dev.kindred.engine.rank;

import dev.kindred.engine.content.BestItems;
import dev.kindred.engine.content.BestLists;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.HnswSearcher;
import dev.kindred.index.Neighbors;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.simd.Distances;
import java.util.Arrays;

/**
 * Both stages for one user at a time: candidates from several sources, and what the ranker says of
 * each. Everything that depends on the user alone is computed once a request.
 *
 * <p>Use: {@link #begin}, {@link #append} for what the user did, oldest first, {@link #retrieve},
 * {@link #rank}. After the first requests it allocates nothing. For one thread.
 */
public final class RankSearcher {
  /** Items watched last whose related lists are asked. */
  private static final int RELATED_OF = 10;

  /** How deep their lists are read. */
  private static final int RELATED_DEPTH = 40;

  /** In a fusion of lists by rank an item counts 1 / (this + rank) (Cormack et al., SIGIR 2009). */
  private static final float RANK_OFFSET = 10;

  /** An item watched one step earlier counts so much less. */
  private static final float FADING = UserState.FADING;

  /** Items watched last whose profiles make the centroid. */
  private static final int CENTROID_OF = 5;

  /** Distinct items that are summed up for a source, at most. */
  private static final int MOST_SUMMED = 4096;

  /** Items watched last whose vectors' mean is compared with candidates. */
  static final int RECENT = 5;

  /** Candidates ranked between two looks at the clock. */
  private static final int STEP = SplitMmoe.BLOCK;

  private final Ranking ranking;
  private final RankDescription description;
  private final RelatedTable related;
  private final CandidateLists content; // null without a catalogue
  private final UserState state;
  private final HnswSearcher index;
  private final Neighbors neighbors = new Neighbors(512);
  private final Mlp.Scratch towerScratch;
  private final PairRanker ranker;
  private final ItemSums sums = new ItemSums(MOST_SUMMED, 1);
  private final Candidates candidates;
  private final int[] watched;
  private final float[] watchedRow;
  private final float[] watchedMean;
  private final float[] searchedRow;
  private final float[] searchedMean;
  private final float[] profile;
  private final float[] towerInput;
  private final float[] rankInput;
  private final float[] userVector;
  private final float[] recentVector;
  private final float[] vectorRow;
  private float[] outputs = new float[0];
  private final int[] listed;
  private final float[] similarities;
  private final long[] listPlaces = new long[2 * CENTROID_OF];
  private final BestLists best = new BestLists();
  private final int[] found = new int[RetrievalSource.values().length];
  private final int[] kept = new int[RetrievalSource.values().length];
  private boolean hasVector;
  private boolean hasDeadline;
  private long deadline;
  private boolean cutShort;
  private int ranked;
  private long userComputations;

  /** Of no meaning; without it the compiler would see that nobody needs what was touched. */
  private int touched;

  /**
   * @param related the related lists of all items
   * @param content candidates by content; null if they are not by content
   */
  public RankSearcher(Ranking ranking, RelatedTable related, CandidateLists content) {
    this.ranking = ranking;
    this.related = related;
    this.content = content;
    description = ranking.description();
    state =
        new UserState(
            ranking.groups(),
            ranking.together(),
            description.history(),
            description.shown(),
            description.searched(),
            ranking.tokens());
    index = ranking.index().searcher();
    towerScratch = ranking.userTower().scratch();
    ranker = new PairRanker(ranking);
    candidates = new Candidates(description.quotas().total());
    watched = new int[description.history()];
    watchedRow = new float[description.towerHistory() + description.rankHistory()];
    watchedMean = new float[watchedRow.length];
    searchedRow = new float[description.towerSearched() + description.rankSearched()];
    searchedMean = new float[searchedRow.length];
    listed = new int[Math.max(RELATED_DEPTH, content == null ? 0 : content.longest())];
    similarities = new float[listed.length];
    profile = new float[description.profile()];
    towerInput = new float[description.towerInputs()];
    rankInput = new float[description.rankUserInputs()];
    userVector = new float[ranking.userTower().outputs()];
    recentVector = new float[userVector.length];
    vectorRow = new float[userVector.length];
  }

  /**
   * Lets requests from now on look at nothing more after this time; what was asked of the first
   * source, some of its candidates, and the lists of companions that these are compared with, are
   * looked at always.
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

  /** Whether the deadline came before all sources were asked and all candidates ranked. */
  public boolean cutShort() {
    return cutShort;
  }

  /** Forgets the user of the last request. */
  public void begin() {
    state.clear();
  }

  /** Takes in a {@link HistoryEntry} of the user, in the order of time. */
  public void append(long entry) {
    state.append(entry);
  }

  /** Time of the newest entry taken in, or Long.MIN_VALUE. */
  public long newest() {
    return state.newest();
  }

  /** How many tokens that the user searched for are known. */
  public int searched() {
    return state.searched();
  }

  /** How often anything was computed of a user, since this was made: once a request. */
  public long userComputations() {
    return userComputations;
  }

  /**
   * Computes what depends on the user alone, and takes the candidates of the sources.
   *
   * @param user whose profile is read, -1 for none
   * @param now time of the request: seconds since 1970 UTC, or a sequence number
   * @param quotas how many candidates each source may bring
   * @param gate what may be a candidate; asked for what may be among a source's best, at times
   *     twice
   * @param filter given to the search for vectors, so that it finds enough even where few pass;
   *     {@link OrdinalFilter#ALL} where the gate lets most through
   * @param missing how many of the nearest items the gate may refuse beyond the usual
   * @param pins items in [0, pinCount) that are ranked whether or not a source finds them
   */
  public void retrieve(
      int user,
      long now,
      SourceQuotas quotas,
      OrdinalFilter gate,
      OrdinalFilter filter,
      int missing,
      int[] pins,
      int pinCount) {
    computeUser(user, now);
    candidates.begin(quotas.total() + pinCount);
    for (int i = 0; i < pinCount; i++) {
      if (gate.accepts(pins[i])) {
        candidates.add(pins[i]);
      }
    }
    Arrays.fill(found, 0);
    Arrays.fill(kept, 0);
    if (hasVector && quotas.tower() > 0) {
      byVector(quotas.tower(), gate, filter, missing);
    }
    cutShort = false;
    if (quotas.related() > 0 && inTime()) {
      byRelated(quotas.related(), gate);
    }
    if (quotas.together() > 0 && inTime()) {
      byCompanions(quotas.together(), gate);
    }
    if (quotas.content() > 0 && content != null && inTime()) {
      byContent(quotas.content(), gate);
    }
    if (candidates.size() == 0 || inTime()) {
      byPopularity(quotas, gate);
    }
  }

  /** False from the deadline on; then the request is cut short. */
  private boolean inTime() {
    cutShort |= hasDeadline && System.nanoTime() - deadline >= 0;
    return !cutShort;
  }

  /** How many candidates were ranked. */
  public int size() {
    return ranked;
  }

  public int ordinal(int candidate) {
    return candidates.ordinal(candidate);
  }

  /** Bit s is set if the source of ordinal s brought the candidate. */
  public int sources(int candidate) {
    return candidates.sources(candidate);
  }

  /** What a task says of a candidate. */
  public float value(int candidate, RankTask task) {
    return task.value(outputs, candidate * ranking.network().network().tasks().size());
  }

  /** How many items a source found in the last request, before the gate. */
  public int found(RetrievalSource source) {
    return found[source.ordinal()];
  }

  /** How many items of a source passed the gate, those that other sources brought too included. */
  public int kept(RetrievalSource source) {
    return kept[source.ordinal()];
  }

  private void computeUser(int user, long now) {
    userComputations++;
    int count = state.copyWatched(watched);
    touched += ranking.groups().touch(watched, 0, count);
    state.prepare(now);
    Arrays.fill(watchedMean, 0);
    Arrays.fill(recentVector, 0);
    touched += ranking.watched().touch(watched, 0, count);
    for (int age = 0; age < count; age++) {
      ranking.watched().copyRow(watched[age], watchedRow, 0);
      Distances.axpy(1f / count, watchedRow, 0, watchedMean, 0, watchedMean.length);
      if (age < RECENT) {
        ranking.vectors().copyRow(watched[age], vectorRow, 0);
        Distances.axpy(1f, vectorRow, 0, recentVector, 0, vectorRow.length);
      }
    }
    Distances.normalize(recentVector, 0, recentVector.length);
    int searches = state.searched();
    Arrays.fill(searchedMean, 0);
    for (int age = 0; age < searches; age++) {
      ranking.tokenValues().copyRow(state.searched(age), searchedRow, 0);
      Distances.axpy(1f / searches, searchedRow, 0, searchedMean, 0, searchedMean.length);
    }
    ranking.profile(user, profile);
    int towerHistory = description.towerHistory();
    int towerSearched = description.towerSearched();
    int towerProfile = description.towerProfile();
    Arrays.fill(towerInput, 0);
    System.arraycopy(watchedMean, 0, towerInput, 0, towerHistory);
    System.arraycopy(searchedMean, 0, towerInput, towerHistory, towerSearched);
    System.arraycopy(profile, 0, towerInput, towerHistory + towerSearched, towerProfile);
    // The age of an example stays 0: its quantile is 0, and it isn't missing.
    hasVector = count + searches > 0 || user >= 0 && description.towerProfile() > 0;
    ranking
        .userTower()
        .forward(
            towerInput, 0, towerInput.length, 1, userVector, 0, userVector.length, towerScratch);
    int rankHistory = description.rankHistory();
    System.arraycopy(watchedMean, towerHistory, rankInput, 0, rankHistory);
    int rankSearched = description.rankSearched();
    System.arraycopy(searchedMean, towerSearched, rankInput, rankHistory, rankSearched);
    int profileAt = rankHistory + rankSearched;
    System.arraycopy(profile, towerProfile, rankInput, profileAt, description.rankProfile());
    int at = profileAt + description.rankProfile();
    for (int i = 0; i < description.userNumbers().size(); i++) {
      float share = description.userNumbers().get(i).share(state.numbers()[i]);
      Feature.writeNumber(share, rankInput, at + i * Feature.NUMERIC_WIDTH);
    }
    ranker.begin(rankInput);
  }

  private void byVector(int quota, OrdinalFilter gate, OrdinalFilter filter, int missing) {
    // What was watched stands nearest to the user, so as much more is asked for.
    int wanted = Math.min(ranking.items(), quota + Math.min(missing, quota));
    index.search(userVector, 0, wanted, filter, neighbors);
    found[RetrievalSource.TOWER.ordinal()] = neighbors.size();
    int taken = 0;
    for (int i = 0; i < neighbors.size() && taken < quota; i++) {
      taken += offer(neighbors.ordinal(i), RetrievalSource.TOWER, gate) ? 1 : 0;
    }
  }

  private void byRelated(int quota, OrdinalFilter gate) {
    int of = Math.min(RELATED_OF, state.watched());
    sums.begin(of * RELATED_DEPTH);
    for (int age = 0; age < of; age++) {
      touched += related.touchItems(watched[age], RELATED_DEPTH);
    }
    float weight = 1;
    for (int age = 0; age < of; age++, weight *= FADING) {
      int depth = related.related(watched[age], RELATED_DEPTH, listed);
      for (int rank = 0; rank < depth; rank++) {
        sums.add(listed[rank], weight / (RANK_OFFSET + rank));
      }
    }
    bySums(sums, quota, RetrievalSource.RELATED, gate);
  }

  private void byCompanions(int quota, OrdinalFilter gate) {
    bySums(state.companions(), quota, RetrievalSource.TOGETHER, gate);
  }

  /**
   * The cosine to the centroid of some unit profiles is in proportion to the sum of the cosines to
   * each; those below the gate of the candidate lists count as 0.
   */
  private void byContent(int quota, OrdinalFilter gate) {
    int of = Math.min(CENTROID_OF, state.watched());
    sums.begin(of * content.longest());
    touched += content.touch(watched, 0, of, listPlaces);
    for (int age = 0; age < of; age++) {
      int count = content.copyItems(watched[age], listed);
      content.copySimilarities(watched[age], similarities);
      for (int i = 0; i < count; i++) {
        sums.add(listed[i], similarities[i]);
      }
    }
    bySums(sums, quota, RetrievalSource.CONTENT, gate);
  }

  private void bySums(ItemSums from, int quota, RetrievalSource source, OrdinalFilter gate) {
    found[source.ordinal()] = from.size();
    float likely = from.likelyBar(quota, best);
    BestItems heap = best.of(quota);
    offer(from, from.listAtLeast(likely), gate, heap);
    if (heap.size() < quota && likely > Float.NEGATIVE_INFINITY) {
      // The gate lets few through, or the guess was too high.
      heap.clear();
      offer(from, from.listAtLeast(Float.NEGATIVE_INFINITY), gate, heap);
    }
    heap.sort();
    for (int rank = 0; rank < Math.min(quota, heap.size()); rank++) {
      kept[source.ordinal()]++;
      candidates.add(heap.item(rank), source);
    }
  }

  /** Offers the listed items that pass the gate. */
  private void offer(ItemSums from, int listed, OrdinalFilter gate, BestItems heap) {
    for (int l = 0; l < listed; l++) {
      int i = from.listed(l);
      int item = from.item(i);
      float sum = from.sum(i);
      boolean known = item >= 0 && item < ranking.items(); // a damaged file may name any
      if (known && heap.takes(item, sum) && gate.accepts(item)) {
        heap.offer(item, sum);
      }
    }
  }

  private void byPopularity(SourceQuotas quotas, OrdinalFilter gate) {
    ItemGroups groups = ranking.groups();
    int taken = 0;
    for (int rank = 0; rank < groups.popular(); rank++) {
      if (taken >= quotas.popular() && candidates.size() >= quotas.total()) {
        break;
      }
      found[RetrievalSource.POPULAR.ordinal()]++;
      taken += offer(groups.popular(rank), RetrievalSource.POPULAR, gate) ? 1 : 0;
    }
  }

  private boolean offer(int item, RetrievalSource source, OrdinalFilter gate) {
    if (!gate.accepts(item)) {
      return false;
    }
    kept[source.ordinal()]++;
    candidates.add(item, source);
    return true;
  }

  /** Asks the ranker about the candidates of the last {@link #retrieve}. */
  public void rank() {
    int count = candidates.size();
    int tasks = ranking.network().network().tasks().size();
    if (outputs.length < count * tasks) {
      outputs = new float[Math.max(count, description.quotas().total()) * tasks];
    }
    ranked = 0;
    while (ranked < count && (ranked == 0 || inTime())) {
      int to = hasDeadline ? Math.min(count, ranked + STEP) : count;
      ranker.rank(candidates.ordinals(), ranked, to, state, userVector, recentVector, outputs);
      ranked = to;
    }
  }
}
