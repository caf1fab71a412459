package dev.kindred.engine.serve;

import dev.kindred.engine.related.Explanation;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.UnknownObjectiveException;
import dev.kindred.engine.snapshot.ChannelEntry;
import dev.kindred.engine.snapshot.Manifest;
import dev.kindred.engine.snapshot.ProfileTable;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.index.RecallMonitor;
import dev.kindred.index.run.Slots;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Answers from an opened snapshot: related items, at the stored weights or at those of a request,
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
 * <p>Safe for use by many threads. The methods here borrow scratch from a bounded pool and allocate
 * their results; {@link #searcher()} gives a twin for one thread that allocates nothing.
 *
 * <p>{@link #refresh()} goes over to the snapshot that CURRENT names by now, while requests run:
 * each is answered by one snapshot from beginning to end, and the old one is unmapped after its
 * last reader. Ordinals belong to one snapshot; see {@link RelatedSearcher#pin}.
 */
public final class Recommender implements AutoCloseable {
  private final Path path;
  private final RecommenderOptions options;
  private final LiveState live; // null without live state
  private final Generations generations;
  private final Slots<RelatedSearcher> searchers;
  private final Slots<SimilarSearcher> similarSearchers;
  private final Slots<RecommendSearcher> recommendSearchers;
  private final Object refreshing = new Object();
  private long lastNumber = 1; // guarded by refreshing
  private volatile Swap lastSwap;

  /**
   * How long a refresh took. Immutable.
   *
   * @param openNanos opening the new snapshot, while the old one served
   * @param drainNanos from when the new one served to when the old one was unmapped
   * @param unmapNanos the part of it that unmapping took
   */
  public record Swap(long openNanos, long drainNanos, long unmapNanos) {}

  private Recommender(Path path, RecommenderOptions options, LiveState live) throws IOException {
    this.path = path;
    this.options = options;
    this.live = live;
    generations = new Generations(generation(lastNumber, path));
    searchers = new Slots<>(options.searchers(), this::searcher);
    similarSearchers = new Slots<>(options.searchers(), this::similarSearcher);
    recommendSearchers = new Slots<>(options.searchers(), this::recommendSearcher);
  }

  /**
   * Opens a snapshot without live state: nothing is hidden.
   *
   * @param path its directory, or the directory of snapshots whose CURRENT file names it
   * @throws IOException if there is no snapshot
   * @throws dev.kindred.index.file.CorruptFileException if it is damaged or of another version
   */
  public static Recommender open(Path path) throws IOException {
    return open(path, RecommenderOptions.defaults());
  }

  /** Opens a snapshot without live state, with options. */
  public static Recommender open(Path path, RecommenderOptions options) throws IOException {
    return new Recommender(path, options, null);
  }

  /**
   * Opens a snapshot with live state: items hidden there are never returned, from the moment of
   * hiding on.
   *
   * @param live borrowed; whoever opened it closes it, after this recommender
   */
  public static Recommender open(Path path, LiveState live) throws IOException {
    return open(path, RecommenderOptions.defaults(), live);
  }

  /** Opens a snapshot with options and live state. */
  public static Recommender open(Path path, RecommenderOptions options, LiveState live)
      throws IOException {
    return new Recommender(path, options, Objects.requireNonNull(live, "live"));
  }

  private Generation generation(long number, Path place) throws IOException {
    Snapshot snapshot = Snapshot.open(place, options.memory());
    Generation opened;
    try {
      opened = new Generation(number, snapshot, live, options.recallShare());
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
    try {
      opened.bind(options.required());
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Goes over to the snapshot that the opened path names by now: for a directory of snapshots the
   * one that CURRENT names. Requests go on meanwhile; the old snapshot is unmapped when the last of
   * those that read it is done, which this waits for.
   *
   * <p>If the new snapshot can't be opened this throws, and the old one goes on serving.
   *
   * @return whether another snapshot is served now
   * @throws IOException if the snapshot can't be opened
   * @throws IllegalArgumentException if it lacks fields, numbers of one or similarities that are
   *     {@link RecommenderOptions#required}
   * @throws RuntimeException that {@link RecommenderOptions#successor} refuses it with
   */
  public boolean refresh() throws IOException {
    synchronized (refreshing) {
      Path named = SnapshotCatalog.resolve(path);
      if (named.equals(current().snapshot().directory())) {
        generations.reclaim();
        return false;
      }
      options.successor().check(manifest(), named);
      long start = System.nanoTime();
      Generation next = generation(++lastNumber, named);
      long opened = System.nanoTime();
      generations.swap(next);
      generations.reclaim(options.drainNanos());
      lastSwap = new Swap(opened - start, System.nanoTime() - opened, generations.unmapNanos());
      return true;
    }
  }

  /**
   * Calls {@link #refresh()} from a thread of its own until the watcher is closed.
   *
   * @param every how often CURRENT is looked at, at least a millisecond
   * @param failed told of a snapshot that can't be opened, once per snapshot; the old one serves on
   */
  public SnapshotWatcher watch(Duration every, Consumer<Exception> failed) {
    return new SnapshotWatcher(this, every, failed);
  }

  /** How long the last refresh that changed the snapshot took; empty before the first. */
  public Optional<Swap> lastSwap() {
    return Optional.ofNullable(lastSwap);
  }

  /**
   * How many of the true nearest items the searches over all items found in the current snapshot,
   * of a part of them ({@link RecommenderOptions#recallShare}); empty if none are compared.
   */
  public Optional<RecallMonitor.Observed> recall() {
    return within(generation -> generation.monitor().map(RecallMonitor::observed));
  }

  /**
   * Unmaps the replaced snapshots that nobody reads any more, under a lock.
   *
   * @return how many are still mapped because a searcher has pinned them
   */
  public int replacedInUse() {
    return generations.reclaim();
  }

  /**
   * How many replaced snapshots are mapped: those that were read when a refresh last looked. Unlike
   * {@link #replacedInUse} it takes no lock and unmaps nothing, so it costs nothing to ask.
   */
  public int replacedMapped() {
    return generations.replacedMapped();
  }

  /** What the current snapshot says about itself. */
  public Manifest manifest() {
    return current().snapshot().manifest();
  }

  /** Where the current snapshot lies; never the directory with CURRENT. */
  public Path directory() {
    return current().snapshot().directory();
  }

  /** Number of items; their ordinals run from 0. */
  public int size() {
    return manifest().items();
  }

  /** The objectives with their stored weights, in the order of indexes of weights. */
  public List<ObjectiveWeight> objectives() {
    return manifest().weights().objectives();
  }

  /** Those of them that happen, as events of users do: not what was counted from these. */
  public List<ObjectiveWeight> declaredObjectives() {
    Manifest manifest = manifest();
    Set<String> counted = new HashSet<>();
    for (ChannelEntry channel : manifest.channels()) {
      if (channel.kind().isOfPairs()) {
        counted.add(channel.objective());
      }
    }
    return manifest.weights().objectives().stream()
        .filter(objective -> !counted.contains(objective.name()))
        .toList();
  }

  /** Whether the item is in the snapshot or was added since; allocates nothing. */
  public boolean contains(CharSequence id) {
    return ordinalOf(id) >= 0;
  }

  /**
   * Ordinal of an item in the current snapshot, or -1 if it is unknown; allocates nothing. Those of
   * items added since begin at {@link #size()} and stay while the snapshot serves.
   */
  public int ordinalOf(CharSequence id) {
    RelatedSearcher searcher = searchers.take();
    try {
      return searcher.ordinalOf(id);
    } finally {
      searchers.give(searcher);
    }
  }

  /** Id of an ordinal of the current snapshot, as a new string. */
  public String idOf(int ordinal) {
    return within(generation -> generation.idOf(ordinal));
  }

  /**
   * Field name to values of an item's profile, in the catalogue's order; empty where the snapshot
   * has no catalogue.
   *
   * @throws UnknownItemException if the snapshot doesn't know the id
   */
  public Map<String, List<String>> profile(String id) {
    return within(generation -> generation.profile(requireOrdinal(generation, id)));
  }

  /**
   * Adds an item that the snapshot doesn't know, or replaces one added before: from the next
   * request on it has a related list, and stands in the lists of items with a similar profile. It
   * is kept in the live state, and gives way to the first snapshot that has it.
   *
   * @param item with values of the snapshot's profile fields; others do no harm
   * @throws IllegalStateException without live state, or if the snapshot has no content gate
   * @throws IllegalArgumentException if the snapshot has the item, or a field of numbers has
   *     something else
   */
  public void add(LiveItem item) {
    String refused = "item '" + item.id() + "' can't be added: ";
    if (live == null) {
      throw new IllegalStateException(
          refused + "this recommender has no live state; open it with one");
    }
    within(
        generation -> {
          if (generation.snapshot().gate().isEmpty()) {
            throw new IllegalStateException(
                refused + "the snapshot has no catalogue, so nothing tells what it is related to");
          }
          if (generation.snapshot().items().ordinalOf(item.id()) >= 0) {
            throw new IllegalArgumentException(
                refused + "it is in the snapshot, and its profile changes with the next one");
          }
          generation.additions().items().check(item);
          live.putItem(item);
          return null;
        });
  }

  /** Takes an added item away again; false if there was none. */
  public boolean remove(String id) {
    return live != null && live.removeItem(id);
  }

  /** Names of the profile fields, in the catalogue's order; empty without a catalogue. */
  public List<String> profileFields() {
    return reading(snapshot -> snapshot.profile().map(ProfileTable::fields).orElse(List.of()));
  }

  /**
   * Reads the current snapshot, which stays mapped until this returns.
   *
   * @param reader must not hand out anything that reads the snapshot later
   */
  public <T> T reading(Function<Snapshot, T> reader) {
    return within(generation -> reader.apply(generation.snapshot()));
  }

  private <T> T within(Function<Generation, T> reader) {
    RelatedSearcher searcher = searchers.take();
    Generation generation = searcher.enter();
    try {
      return reader.apply(generation);
    } finally {
      searcher.exit();
      searchers.give(searcher);
    }
  }

  /** A searcher that allocates nothing per request; one per thread, to be kept. */
  public RelatedSearcher searcher() {
    return new RelatedSearcher(this, generations);
  }

  /** A searcher by vectors that allocates nothing per request; one per thread, to be kept. */
  public SimilarSearcher similarSearcher() {
    return new SimilarSearcher(generations);
  }

  /**
   * The channels whose unit vectors, one after another in this order, make a vector over all
   * channels; priors are not among them.
   */
  public List<ChannelEntry> channels() {
    return manifest().channels().stream().filter(channel -> channel.isVectors()).toList();
  }

  /**
   * The items whose stored vectors are most similar to a vector, best first.
   *
   * @throws IllegalArgumentException if the vector has another length than those stored, or the
   *     snapshot has no index over all items
   */
  public SimilarAnswer similar(SimilarQuery query) {
    return lent(similarSearchers, searcher -> searcher.answer(query));
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
    return lent(searchers, searcher -> RelatedAnswering.answer(this, query, searcher));
  }

  /**
   * Lends a searcher to one request. One that failed while it scored isn't given back, since it may
   * have stopped anywhere; one that was refused before is, or else every unknown id would cost a
   * new searcher and a lease.
   */
  private static <S extends LeasedSearcher, A> A lent(Slots<S> slots, Function<S, A> request) {
    S searcher = slots.take();
    A answer;
    try {
      answer = request.apply(searcher);
    } catch (UnknownItemException | IllegalArgumentException e) {
      if (!searcher.hasScored()) {
        giveBack(searcher, slots);
      }
      throw e;
    }
    giveBack(searcher, slots);
    return answer;
  }

  private static <S extends LeasedSearcher> void giveBack(S searcher, Slots<S> slots) {
    searcher.reset();
    slots.give(searcher);
  }

  /** How many searchers were made, less those that are known to be garbage. */
  int leases() {
    return generations.leases();
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
    return explain(RelatedQuery.item(source), target);
  }

  /**
   * What the score of an item is under a query's weights and rules, and why, whether or not it is
   * in the list.
   *
   * @throws UnknownItemException if one of them is unknown
   */
  public Explanation explain(RelatedQuery query, String target) {
    RelatedSearcher searcher = searchers.take();
    try {
      return searcher.explain(query, target);
    } finally {
      searchers.give(searcher);
    }
  }

  /** Whether the current snapshot has what personalised lists need. */
  public boolean canRecommend() {
    return reading(snapshot -> snapshot.ranking().isPresent());
  }

  /**
   * A searcher for personalised lists that allocates nothing per request; one per thread, to be
   * kept.
   *
   * @throws NoRankingException if the snapshot has no ranking
   */
  public RecommendSearcher recommendSearcher() {
    return new RecommendSearcher(generations, live);
  }

  /**
   * Items for a user, best first.
   *
   * @param user id; one that is not known is treated as anonymous
   * @param n how many at most, at least 0
   * @throws NoRankingException if the snapshot has no ranking
   */
  public List<RecommendedItem> recommend(String user, int n) {
    return recommend(RecommendQuery.user(user).top(n)).items();
  }

  /**
   * Items for a user, a history or nobody known, best first.
   *
   * @throws NoRankingException if the snapshot has no ranking
   * @throws IllegalArgumentException if a weight names no task or is out of range
   */
  public RecommendAnswer recommend(RecommendQuery query) {
    return lent(recommendSearchers, searcher -> Recommendation.answer(query, searcher));
  }

  /**
   * Why an item is not in the list that a query gives, or where it stands in it. Asks several
   * times, all of one snapshot, and all of them within the time of the query.
   *
   * @throws TooLateException if that is too short to tell
   */
  public WhyNot whyNot(RelatedQuery query, String target) {
    boolean isHidden = live != null && contains(target) && live.isHidden(target);
    RelatedSearcher searcher = searchers.take();
    Generation generation = searcher.enter();
    try {
      return new Inquest(searcher, generation, query, target).verdict(isHidden);
    } finally {
      searcher.exit();
      searchers.give(searcher);
    }
  }

  /**
   * Why an item is not in the list that a query for a user gives, or where it stands in it. Asks
   * several times, all of one snapshot.
   *
   * @throws NoRankingException if the snapshot has no ranking
   */
  public WhyNot whyNot(RecommendQuery query, String target) {
    boolean isHidden = live != null && contains(target) && live.isHidden(target);
    RecommendSearcher searcher = recommendSearchers.take();
    searcher.pin();
    try {
      return new PersonalInquest(searcher, query, target).verdict(isHidden);
    } finally {
      searcher.unpin();
      recommendSearchers.give(searcher);
    }
  }

  /**
   * Lets no request in any more and unmaps the snapshot after the last one; whoever asks from now
   * on gets an IllegalStateException.
   */
  @Override
  public void close() {
    synchronized (refreshing) {
      generations.close(options.drainNanos());
    }
  }

  int requireOrdinal(Generation generation, CharSequence id) {
    int ordinal = generation.ordinalOf(id);
    if (ordinal < 0) {
      throw unknown(generation.snapshot(), id.toString());
    }
    return ordinal;
  }

  int requireOrdinal(Generation generation, long id) {
    int ordinal = generation.snapshot().items().ordinalOf(id);
    return ordinal >= 0 ? ordinal : requireOrdinal(generation, Long.toString(id));
  }

  private Generation current() {
    Generation current = generations.current();
    if (current == null) {
      throw Generations.closedException();
    }
    return current;
  }

  static void checkCount(int n) {
    if (n < 0) {
      throw new IllegalArgumentException("number of items is " + n + ", must be >= 0");
    }
  }

  static int requireObjective(Snapshot snapshot, String name) {
    ObjectiveWeights weights = snapshot.scorer().weights();
    int objective = weights.indexOf(name);
    if (objective < 0) {
      throw new UnknownObjectiveException(
          "no objective '"
              + name
              + "'; the snapshot has "
              + weights.objectives().stream().map(ObjectiveWeight::name).toList());
    }
    return objective;
  }

  private UnknownItemException unknown(Snapshot snapshot, String id) {
    boolean added =
        live != null
            && snapshot.gate().isEmpty()
            && !id.isEmpty()
            && id.length() <= LiveState.MAX_ID_BYTES / 3
            && live.item(id).isPresent();
    String shown = id.length() > 100 ? id.substring(0, 100) + "..." : id;
    return new UnknownItemException(
        id,
        added
            ? "item '"
                + shown
                + "' was added after this snapshot was built, which has no catalogue to place it"
                + " by; build the next snapshot"
            : "unknown item '"
                + shown
                + "': it is none of the "
                + snapshot.items().size()
                + " items of snapshot "
                + snapshot.name() // and no path: this is told to clients
                + "; check the id, or build a snapshot from a log that has it");
  }
}
