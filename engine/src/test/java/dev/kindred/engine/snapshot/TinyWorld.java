package dev.kindred.engine.snapshot;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A small snapshot made by hand, without training: drawn vectors, two kinds of items, three
 * objectives. Items 0, 1, 2, ... have the ids "100", "101", ...; item {@link #ITEMS} - 1 lacks
 * every channel.
 */
public final class TinyWorld {
  public static final int ITEMS = 60;

  /** Shorter than the candidate lists, so that larger requests need scoring. */
  public static final int LIST_LENGTH = 8;

  private final Ids ids = new Ids();
  private final Catalogue catalogue;
  private final CandidateLists candidates;
  private final RelatedScorer scorer;
  private final RelatedTable table;
  private final FusedIndex fused;

  public TinyWorld() {
    this(Merge.CALIBRATED, 17);
  }

  /**
   * @param seed of the vectors
   */
  public TinyWorld(Merge merge, long seed) {
    for (int item = 0; item < ITEMS; item++) {
      ids.add(idOf(item));
    }
    Catalogue.Builder profiles =
        Catalogue.builder(
            ids,
            List.of(
                FieldSpec.single("type", "type"),
                FieldSpec.numeric("year", "year"),
                FieldSpec.multi("tags", "tags", "|")));
    for (int item = 0; item < ITEMS; item++) {
      profiles.value(0, item, item % 2 == 0 ? "film" : "série");
      profiles.number(1, item, 1950 + item);
      profiles.value(2, item, "tag-" + item % 2);
      profiles.value(2, item, "all");
    }
    catalogue = profiles.build();
    List<RelatedScorer.Part> parts =
        List.of(
            part("click", Channel.Kind.LINEAR, 30, 3.5f, -0.25f, seed),
            part("click", Channel.Kind.NON_LINEAR, 65, 2.25f, 0.125f, seed),
            part("watch time/share", Channel.Kind.LINEAR, 17, 1.75f, -0.5f, seed),
            part("dislike", Channel.Kind.LINEAR, 9, 4f, 0f, seed),
            prior("dislike", seed));
    scorer =
        RelatedScorer.of(
            new ObjectiveWeights(
                List.of(
                    new ObjectiveWeight("click", Polarity.POSITIVE, 1, 0.3),
                    new ObjectiveWeight("watch time/share", Polarity.POSITIVE, 0.8, 0.45),
                    new ObjectiveWeight("dislike", Polarity.NEGATIVE, 0.7, 0.25)),
                false,
                "equal: made by hand"),
            parts,
            merge,
            ITEMS);
    try (Workers workers = Workers.of(1)) {
      candidates =
          ContentCandidates.join(catalogue, ContentOptions.defaults(), workers, Progress.none());
      table = RelatedTable.build(scorer, candidates, LIST_LENGTH, workers, Progress.none());
      fused =
          FusedIndex.build(scorer, FusedOptions.defaults(), workers, Progress.none()).orElseThrow();
    }
  }

  public static String idOf(int item) {
    return Integer.toString(100 + item);
  }

  public Ids ids() {
    return ids;
  }

  public Catalogue catalogue() {
    return catalogue;
  }

  public CandidateLists candidates() {
    return candidates;
  }

  public RelatedScorer scorer() {
    return scorer;
  }

  public RelatedTable table() {
    return table;
  }

  /** Writes it where it must not exist yet. */
  public Path write(Path target) throws IOException {
    try (SnapshotWriter out = SnapshotWriter.into(target)) {
      fill(out, true);
      return out.publish();
    }
  }

  /** Hands all parts to a writer. */
  public void fill(SnapshotWriter out, boolean withCatalogue) throws IOException {
    out.seed(99);
    out.dataHash("data");
    out.modelHash("als-click", "abc");
    out.option("rank", 30);
    out.metric("auc", 0.75);
    out.note(Note.info("made by hand"));
    out.note(Note.warning("too small to serve"));
    out.items(ids);
    out.candidates(candidates);
    out.scorer(scorer);
    out.fused(fused);
    out.related(table);
    if (withCatalogue) {
      out.profile(catalogue);
      out.gate(catalogue, ContentOptions.defaults());
    }
  }

  private static RelatedScorer.Part part(
      String objective, Channel.Kind kind, int dim, float slope, float intercept, long seed) {
    Draws draws = Draws.of(seed, objective, kind.ordinal());
    float[] vectors = new float[ITEMS * dim];
    for (int item = 0; item < ITEMS; item++) {
      boolean lacks =
          item == ITEMS - 1 || kind == Channel.Kind.LINEAR && item % 7 == objective.length() % 7;
      for (int j = 0; j < dim; j++) {
        vectors[item * dim + j] = lacks ? 0 : (float) (draws.nextGaussian() + 0.5);
      }
    }
    return new RelatedScorer.Part(
        Channel.normalized(objective, kind, vectors, ITEMS, dim),
        new Calibration(slope, intercept, true, "made by hand"));
  }

  private static RelatedScorer.Part prior(String objective, long seed) {
    Draws draws = Draws.of(seed, "prior");
    float[] numbers = new float[ITEMS];
    for (int item = 0; item < ITEMS - 1; item++) {
      numbers[item] = item % 5 == 0 ? 0 : (float) draws.nextGaussian();
    }
    return new RelatedScorer.Part(
        Channel.prior(objective, numbers), new Calibration(1, 0, true, "made by hand"));
  }

  /** What the table and the vectors say an answer is, by the dullest way there is. */
  public List<Integer> bruteForce(int source, double[] manual) {
    RelatedScorer.Scratch scratch = scorer.newScratch(1);
    List<float[]> scored = new ArrayList<>();
    int place = 0;
    for (long at = candidates.start(source); at < candidates.end(source); at++) {
      int[] target = {candidates.item(at)};
      float[] score = new float[1];
      scorer.score(source, target, 1, manual, score, scratch);
      scored.add(new float[] {score[0], place++, target[0]});
    }
    scored.sort((a, b) -> a[0] != b[0] ? Float.compare(b[0], a[0]) : Float.compare(a[1], b[1]));
    return scored.stream().map(entry -> (int) entry[2]).toList();
  }
}
