package dev.kindred.engine.serve;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.CandidateSource;
import dev.kindred.engine.content.ContentGate;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedSearcher;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.index.Neighbors;

/**
 * The items that may stand in one related list, before they are ranked: which they are, where each
 * came from, and its score. Those of the gate come first from the snapshot, then from what was
 * added since; pins stand behind them. For one thread, as a part of its searcher.
 */
final class RelatedTargets {
  /** Candidates scored between two looks at the clock: a few microseconds of work. */
  private static final int STEP = 64;

  /** A shortlist of the fused index has so many items per item asked for, and some besides. */
  private static final int SHORTLIST_PER_ITEM = 4;

  private static final int SHORTLIST_BESIDES = 100;

  /** Shortlists make room for so many excluded items. */
  private static final int MOST_EXTRA = 1000;

  /** Place of a pinned item that is no candidate. */
  private static final int PINNED = -1;

  /** Place of an item found without the gate, which may be a candidate or not. */
  private static final int FOUND = -2;

  /** Place of a candidate where source or target was added since the snapshot. */
  private static final int ADDED = -3;

  private final ItemSearcher search;
  private final Neighbors neighbors = new Neighbors(0);

  // Of the snapshot at hand, see bind().
  private Generation generation;
  private double threshold; // e, for the sources of an added item's candidates
  private CandidateLists candidates;
  private RelatedScorer scorer;
  private RelatedScorer.Scratch scratch;
  private FusedIndex fused; // null without one
  private FusedSearcher fusedSearcher; // made by the first request without the gate
  private boolean usesSimilarity;
  private int[] targets = new int[1]; // of the snapshot up to known, then others, then pinned ones
  private int[] places = new int[1]; // in the candidate list, or one of those below 0
  private int known;
  private boolean byGate; // whether the present list comes from candidates
  private float[] similarities = new float[1];
  private float[] scores = new float[1];

  /**
   * @param search says what may be shown, and until when targets may be scored
   */
  RelatedTargets(ItemSearcher search) {
    this.search = search;
  }

  void bind(Generation next) {
    generation = next;
    threshold = next.snapshot().gate().map(ContentGate::threshold).orElse(1.0);
    candidates = next.snapshot().candidates();
    scorer = next.snapshot().scorer();
    fused = next.snapshot().fused().orElse(null);
    fusedSearcher = null;
    usesSimilarity = scorer.usesSimilarity();
    scratch = null;
    makeRoom(Math.max(1, candidates.longest())); // an explanation takes one
  }

  /** Room for so many targets, and for explanations. */
  void makeRoom(int count) {
    if (targets.length < count) {
      targets = new int[count];
      places = new int[count];
      similarities = new float[count];
      scores = new float[count];
    }
    if (scratch == null || scratch.maxTargets() < count) {
      scratch = scorer.newScratch(targets.length);
    }
  }

  RelatedScorer.Scratch scratch() {
    return scratch;
  }

  /** Ordinals; not to be changed, and replaced as they grow. */
  int[] ordinals() {
    return targets;
  }

  /** Scores, as far as {@link #score} went; likewise. */
  float[] scores() {
    return scores;
  }

  /** Whether the present list comes from candidates. */
  boolean byGate() {
    return byGate;
  }

  /**
   * Takes the item's candidates that may be shown.
   *
   * @param pinRoom pins that may be added
   * @return how many
   */
  int takeGated(int ordinal, int pinRoom) {
    AddedItems added = search.added();
    byGate = true;
    boolean isAdded = ordinal >= candidates.items();
    if (added.size() > 0) {
      makeRoom(added.longest() + pinRoom);
    }
    int count;
    if (isAdded) {
      count = added.copyNear(ordinal, targets, similarities);
    } else {
      count = candidates.copyItems(ordinal, targets);
      if (usesSimilarity) {
        candidates.copyProfileSimilarities(ordinal, similarities);
      }
    }
    int shown = 0;
    for (int place = 0; place < count; place++) {
      if (search.isShown(targets[place])) {
        targets[shown] = targets[place];
        similarities[shown] = similarities[place];
        places[shown++] = isAdded ? ADDED : place;
      }
    }
    known = shown;
    int more =
        isAdded
            ? added.copyAdded(ordinal, targets, similarities, known)
            : added.copyInto(ordinal, targets, similarities, known);
    for (int i = known; i < known + more; i++) {
      if (search.isShown(targets[i])) {
        targets[shown] = targets[i];
        similarities[shown] = similarities[i];
        places[shown++] = ADDED;
      }
    }
    return shown;
  }

  /** Refuses what {@link #takeNearest} can't do. */
  void requireIndex() {
    if (fused == null) {
      throw new IllegalArgumentException(
          "the snapshot has no index over all items, so the gate can't be left out; build one with"
              + " it");
    }
  }

  /** Takes what the fused index finds for n among all items that may be shown, likewise. */
  int takeNearest(int ordinal, int n, double[] manual, int pinRoom) {
    byGate = false;
    if (fusedSearcher == null) {
      fusedSearcher = generation.searcher(fused);
    }
    long wanted = (long) SHORTLIST_PER_ITEM * n + SHORTLIST_BESIDES;
    int k =
        (int) Math.min(candidates.items(), wanted + 1 + Math.min(MOST_EXTRA, search.exclusions()));
    int ef = search.isLate() ? k : Math.max(k, FusedSearcher.DEFAULT_EF);
    fusedSearcher.related(ordinal, manual, k, ef, search.passing(), neighbors);
    makeRoom(k + pinRoom);
    int shown = 0;
    for (int i = 0; i < neighbors.size(); i++) {
      int target = neighbors.ordinal(i);
      if (target != ordinal && search.isShown(target)) {
        targets[shown] = target;
        similarities[shown] = usesSimilarity ? similarity(ordinal, target) : 0;
        places[shown++] = FOUND;
      }
    }
    known = shown;
    return shown;
  }

  /** Profile similarity as scores take it: 0 for what is no candidate by profile. */
  float similarity(int ordinal, int target) {
    if (ordinal >= candidates.items() || target >= candidates.items()) {
      return generation.additions().items().similarity(ordinal, target).orElse(0f);
    }
    long place = candidates.find(ordinal, target);
    return place >= 0 && candidates.source(place).isContent() ? candidates.similarity(place) : 0;
  }

  /**
   * Adds pinned items to the {@code found} targets; they belong there whatever they score.
   *
   * @return how many targets there are then
   */
  int addPins(int ordinal, int found, int[] pins, int pinCount) {
    int count = found;
    for (int p = 0; p < pinCount; p++) {
      int target = pins[p];
      if (target != ordinal && search.isShown(target) && !isAmong(target, count)) {
        targets[count] = target;
        similarities[count] = 0;
        places[count++] = PINNED;
      }
    }
    return count;
  }

  private boolean isAmong(int target, int count) {
    for (int i = 0; i < count; i++) {
      if (targets[i] == target) {
        return true;
      }
    }
    return false;
  }

  /**
   * Scores the targets as far as the deadline lets it, pins in any case.
   *
   * @param found targets before the pins
   * @param count all targets
   * @return how many of those at the front are scored
   */
  int score(int ordinal, double[] manual, int found, int count) {
    float[] counted = usesSimilarity ? similarities : null;
    scorer.begin(ordinal, manual, scratch);
    int scored = 0;
    if (!search.hasDeadline()) {
      scorer.score(targets, counted, known, 0, found, scores, scratch);
      scored = found;
    }
    while (scored < found) {
      int to = Math.min(found, scored + STEP);
      scorer.score(targets, counted, known, scored, to, scores, scratch);
      scored = to;
      if (search.isLate()) {
        break;
      }
    }
    for (int pin = found; pin < count; pin++) {
      targets[scored] = targets[pin];
      similarities[scored] = similarities[pin];
      places[scored] = PINNED;
      int knownTo = targets[scored] < candidates.items() ? scored + 1 : scored;
      scorer.score(targets, counted, knownTo, scored, scored + 1, scores, scratch);
      scored++;
    }
    return scored;
  }

  /**
   * Leaves out those without a score, which only come out of a damaged body and have no place in an
   * order.
   *
   * @return how many of the {@code scored} ones are left
   */
  int dropUnscored(int scored) {
    int sound = 0;
    for (int i = 0; i < scored; i++) {
      if (scores[i] == scores[i]) {
        targets[sound] = targets[i];
        places[sound] = places[i];
        similarities[sound] = similarities[i];
        scores[sound++] = scores[i];
      }
    }
    return sound;
  }

  /** Where target i came from. */
  CandidateSource source(int ordinal, int i) {
    return switch (places[i]) {
      case PINNED -> CandidateSource.PINNED;
      case FOUND -> source(candidates.find(ordinal, targets[i]));
      case ADDED ->
          targets[i] >= candidates.items()
              ? CandidateSource.ADDED
              : similarities[i] >= (float) threshold
                  ? CandidateSource.CONTENT
                  : CandidateSource.CONTENT_RELAXED;
      default -> candidates.source(candidates.start(ordinal) + places[i]);
    };
  }

  /** Of a place in all candidate lists; -1 is no candidate. */
  private CandidateSource source(long at) {
    return at < 0 ? CandidateSource.VECTORS : candidates.source(at);
  }

  /** Where an item of the snapshot comes from that is no target at a known place. */
  CandidateSource sourceOf(int ordinal, int target) {
    return source(candidates.find(ordinal, target));
  }
}
