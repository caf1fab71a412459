package dev.kindred.app.experiment;

import dev.kindred.engine.eval.Auc;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.engine.world.World;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;

/**
 * Random pairs of items of which the simulator says whether they are related: whether who opens the
 * one is likelier than anybody to open the other. Immutable.
 */
final class TruePairs {
  private static final int SOURCES = 150;
  private static final int TARGETS = 30;

  private final int[] sources;
  private final int[] targets; // [sources x TARGETS]
  private final boolean[] related;

  private TruePairs(int[] sources, int[] targets, boolean[] related) {
    this.sources = sources;
    this.targets = targets;
    this.related = related;
  }

  /** Draws pairs of distinct items that are no blockbusters. */
  static TruePairs sample(PlayedWorld played, Workers workers) {
    World world = played.world();
    int items = world.options().items();
    int[] two = world.blockbusters();
    Draws draws = Draws.of(world.options().seed(), "true pairs");
    int[] sources = new int[SOURCES];
    int[] targets = new int[SOURCES * TARGETS];
    for (int s = 0; s < SOURCES; s++) {
      sources[s] = draw(draws, items, two, -1);
      for (int t = 0; t < TARGETS; t++) {
        targets[s * TARGETS + t] = draw(draws, items, two, sources[s]);
      }
    }
    boolean[] related = new boolean[targets.length];
    workers.forEachRange(
        targets.length,
        TARGETS,
        (from, to, worker) -> {
          for (int i = (int) from; i < to; i++) {
            related[i] = world.relatedness(PlayedWorld.CLICK, sources[i / TARGETS], targets[i]) > 0;
          }
        });
    return new TruePairs(sources, targets, related);
  }

  private static int draw(Draws draws, int items, int[] two, int other) {
    int item;
    do {
      item = draws.nextInt(items);
    } while (item == two[0] || item == two[1] || item == other);
    return item;
  }

  /** How well scores tell the related pairs from the others. */
  double auc(RelatedScorer scorer) {
    float[] scores = new float[targets.length];
    RelatedScorer.Scratch scratch = scorer.newScratch(TARGETS);
    int[] batch = new int[TARGETS];
    float[] out = new float[TARGETS];
    for (int s = 0; s < sources.length; s++) {
      System.arraycopy(targets, s * TARGETS, batch, 0, TARGETS);
      scorer.score(sources[s], batch, TARGETS, out, scratch);
      System.arraycopy(out, 0, scores, s * TARGETS, TARGETS);
    }
    return Auc.of(scores, related);
  }
}
