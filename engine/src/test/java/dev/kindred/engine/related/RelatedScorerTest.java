package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.TestLists;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.related.RelatedScorer.Part;
import dev.kindred.index.run.Draws;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelatedScorerTest {
  private static final int ITEMS = 60;
  private static final Channel.Kind LINEAR = Channel.Kind.LINEAR;
  private static final Channel.Kind NON_LINEAR = Channel.Kind.NON_LINEAR;

  private static ObjectiveWeights weights(ObjectiveWeight... objectives) {
    return new ObjectiveWeights(List.of(objectives), false, "test");
  }

  private static ObjectiveWeight positive(String name, double manual, double learned) {
    return new ObjectiveWeight(name, Polarity.POSITIVE, manual, learned);
  }

  private static ObjectiveWeight negative(String name, double manual, double learned) {
    return new ObjectiveWeight(name, Polarity.NEGATIVE, manual, learned);
  }

  /** Gaussian rows; about every fifth item lacks the channel. */
  private static Channel random(String objective, Channel.Kind kind, int dim, long seed) {
    Draws draws = Draws.of(seed, "scorer-test");
    float[] vectors = new float[ITEMS * dim];
    for (int i = 0; i < ITEMS; i++) {
      if (draws.nextInt(5) > 0) {
        for (int j = 0; j < dim; j++) {
          vectors[i * dim + j] = (float) (draws.nextGaussian() + 0.5);
        }
      }
    }
    return Channel.normalized(objective, kind, vectors, ITEMS, dim);
  }

  private static Calibration platt(double slope, double intercept) {
    return new Calibration((float) slope, (float) intercept, true, "test");
  }

  private static RelatedScorer threeObjectives(Merge merge) {
    return RelatedScorer.of(
        weights(positive("click", 1, 0.5), negative("dislike", 2, 0.3), positive("like", 0.7, 0.2)),
        List.of(
            new Part(random("click", NON_LINEAR, 33, 1), platt(3, -0.8)),
            new Part(random("click", LINEAR, 7, 2), platt(6, -1.2)),
            new Part(random("dislike", LINEAR, 5, 3), platt(4, -0.5)),
            new Part(random("like", NON_LINEAR, 16, 4), platt(2, -0.4)),
            new Part(random("like", LINEAR, 3, 5), Calibration.inactive("worthless"))),
        merge,
        ITEMS);
  }

  @Test
  void onlyActiveChannelsOfPairsTellPairsApart() {
    ObjectiveWeights click = weights(positive("click", 1, 1));
    Part off = new Part(random("click", LINEAR, 3, 5), Calibration.inactive("worthless"));
    Part prior = new Part(Channel.prior("click", new float[ITEMS]), Calibration.ofLogOdds("test"));
    RelatedScorer none = RelatedScorer.of(click, List.of(off, prior), Merge.CALIBRATED, ITEMS);
    assertFalse(none.tellsPairsApart());
    // The paper's maximum takes cosines as they are.
    assertTrue(RelatedScorer.of(click, List.of(off), Merge.MAX, ITEMS).tellsPairsApart());
    assertTrue(threeObjectives(Merge.CALIBRATED).tellsPairsApart());
  }

  private static int[] allItems() {
    int[] targets = new int[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      targets[i] = i;
    }
    return targets;
  }

  private static float[] scores(RelatedScorer scorer, int source, double[] manual) {
    float[] scores = new float[ITEMS];
    scorer.score(source, allItems(), ITEMS, manual, scores, scorer.newScratch(ITEMS));
    return scores;
  }

  private static float score(RelatedScorer scorer, int source, int target) {
    return scores(scorer, source, scorer.weights().manual())[target];
  }

  @Test
  void everyScoreIsTheFloatSumOfItsTermsBitForBit() {
    double[][] requests = {{1, 2, 0.7}, {0, 1, 1}, {3, 0, 0.1}, {0, 0, 0}};
    for (Merge merge : Merge.values()) {
      RelatedScorer scorer = threeObjectives(merge);
      for (double[] manual : requests) {
        for (int source = 0; source < ITEMS; source++) {
          float[] scores = scores(scorer, source, manual);
          for (int target = 0; target < ITEMS; target++) {
            List<Term> terms = scorer.terms(source, target, manual, scorer.newScratch(1));
            assertEquals(
                Float.floatToRawIntBits(scores[target]),
                Float.floatToRawIntBits(Explanation.sum(terms)),
                merge + " " + source + " -> " + target + " " + terms);
          }
        }
      }
    }
  }

  @Test
  void scoresEqualTheFormulaInDouble() {
    for (Merge merge : Merge.values()) {
      RelatedScorer scorer = threeObjectives(merge);
      for (int source = 0; source < ITEMS; source++) {
        for (int target = 0; target < ITEMS; target++) {
          double expected = 0;
          for (int k = 0; k < 3; k++) {
            ObjectiveWeight weight = scorer.weights().objectives().get(k);
            double similarity = merged(scorer, k, source, target);
            if (weight.polarity() == Polarity.NEGATIVE) {
              similarity = Math.max(0, similarity);
            }
            expected += weight.polarity().sign() * weight.manual() * weight.learned() * similarity;
          }
          assertEquals(expected, score(scorer, source, target), 1e-5, merge.toString());
        }
      }
    }
  }

  private static double merged(RelatedScorer scorer, int k, int source, int target) {
    double logOdds = 0;
    double doubt = 1;
    double largest = -2;
    for (Part part : scorer.parts(k)) {
      if (!part.channel().has(source) || !part.channel().has(target)) {
        continue;
      }
      float[] a = new float[part.channel().dim()];
      float[] b = new float[part.channel().dim()];
      part.channel().copyRow(source, a);
      part.channel().copyRow(target, b);
      double cosine = 0;
      for (int j = 0; j < a.length; j++) {
        cosine += (double) a[j] * b[j];
      }
      largest = Math.max(largest, cosine);
      if (part.calibration().active()) {
        double z = part.calibration().slope() * cosine + part.calibration().intercept();
        logOdds += z;
        doubt *= 1 - 1 / (1 + Math.exp(-z));
      }
    }
    return switch (scorer.merge()) {
      case CALIBRATED -> logOdds;
      case NOISY_OR -> 1 - doubt;
      case MAX -> largest < -1.5 ? 0 : largest;
    };
  }

  @Test
  void mappedRowsAndArraysGiveTheSameScores() {
    float[] rows = new float[ITEMS * 6];
    Draws draws = Draws.of(9, "scorer-test");
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) draws.nextGaussian();
    }
    Channel copied = Channel.normalized("click", LINEAR, rows, ITEMS, 6);
    float[] heap = new float[ITEMS * 8]; // another stride, on the heap
    float[] row = new float[6];
    for (int i = 0; i < ITEMS; i++) {
      copied.copyRow(i, row);
      System.arraycopy(row, 0, heap, i * 8, 6);
    }
    Channel array = Channel.of("click", LINEAR, MemorySegment.ofArray(heap), 32, ITEMS, 6);
    ObjectiveWeights weights = weights(positive("click", 1, 1));
    RelatedScorer a =
        RelatedScorer.of(weights, List.of(new Part(copied, platt(2, 0))), Merge.MAX, ITEMS);
    RelatedScorer b =
        RelatedScorer.of(weights, List.of(new Part(array, platt(2, 0))), Merge.MAX, ITEMS);
    for (int source = 0; source < ITEMS; source++) {
      assertArrayEquals(scores(a, source, weights.manual()), scores(b, source, weights.manual()));
    }
  }

  @Test
  void requestWeightsActWithoutRebuilding() {
    RelatedScorer scorer = threeObjectives(Merge.CALIBRATED);
    float[] declared = scores(scorer, 7, scorer.weights().manual());
    float[] other = scores(scorer, 7, new double[] {1, 0, 5});
    assertFalse(Arrays.equals(declared, other));
    float[] plain = new float[ITEMS];
    scorer.score(7, allItems(), ITEMS, plain, scorer.newScratch(ITEMS));
    assertArrayEquals(declared, plain);
  }

  @Test
  void weightsBelowZeroOrOfWrongNumberAreRefused() {
    RelatedScorer scorer = threeObjectives(Merge.CALIBRATED);
    for (double[] manual : new double[][] {{1, 1}, {1, -1, 1}, {1, Double.NaN, 1}}) {
      assertThrows(IllegalArgumentException.class, () -> scores(scorer, 0, manual));
    }
    assertThrows(IllegalArgumentException.class, () -> positive("click", 1, -0.1));
  }

  @Test
  void anAbsentChannelHasNoSay() {
    for (Merge merge : Merge.values()) {
      Part linear = new Part(random("click", LINEAR, 7, 2), platt(6, -1.2));
      Part nonLinear = new Part(random("click", NON_LINEAR, 9, 1), platt(3, -0.8));
      ObjectiveWeights weights = weights(positive("click", 1, 1));
      RelatedScorer both = RelatedScorer.of(weights, List.of(linear, nonLinear), merge, ITEMS);
      RelatedScorer alone = RelatedScorer.of(weights, List.of(linear), merge, ITEMS);
      int compared = 0;
      for (int source = 0; source < ITEMS; source++) {
        for (int target = 0; target < ITEMS; target++) {
          if (!nonLinear.channel().has(source) || !nonLinear.channel().has(target)) {
            assertEquals(score(alone, source, target), score(both, source, target));
            compared++;
          }
        }
      }
      assertTrue(compared > 100);
    }
  }

  @Test
  void aNegativeCosineIsNotTakenForAnAbsentChannelAndMaxDoesNotRaiseIt() {
    float[] vectors = {1, 0, -1, 0, 0, 1, 0, 0}; // item 1 opposite, 2 orthogonal, 3 absent
    Channel channel = Channel.normalized("click", LINEAR, vectors, 4, 2);
    RelatedScorer scorer =
        RelatedScorer.of(
            weights(positive("click", 1, 1)),
            List.of(new Part(channel, platt(2, -0.5))),
            Merge.MAX,
            4);
    float[] scores = new float[4];
    scorer.score(0, new int[] {0, 1, 2, 3}, 4, scores, scorer.newScratch(4));
    assertArrayEquals(new float[] {1, -1, 0, 0}, scores);
    RelatedScorer calibrated =
        RelatedScorer.of(
            weights(positive("click", 1, 1)),
            List.of(new Part(channel, platt(2, -0.5))),
            Merge.CALIBRATED,
            4);
    calibrated.score(0, new int[] {0, 1, 2, 3}, 4, scores, calibrated.newScratch(4));
    assertArrayEquals(new float[] {1.5f, -2.5f, -0.5f, 0}, scores, "orthogonal counts, absent not");
  }

  /** Metamorphic: a higher cosine in one channel never lowers s_k, so never a positive score. */
  @Test
  void scoresRiseWithEachChannelAndFallWithDislike() {
    Draws draws = Draws.of(11, "scorer-test");
    for (Merge merge : Merge.values()) {
      for (int trial = 0; trial < 300; trial++) {
        // targets 1 and 2 differ in one channel only: 2 is the closer one
        double low = draws.nextDouble() * 3;
        double high = low * draws.nextDouble();
        double other = draws.nextDouble() * 3;
        Channel changed = angles("o", LINEAR, 0, low, high);
        Channel same = angles("o", NON_LINEAR, 0, other, other);
        for (Polarity polarity : Polarity.values()) {
          RelatedScorer scorer =
              RelatedScorer.of(
                  weights(new ObjectiveWeight("o", polarity, 1, 1)),
                  List.of(new Part(changed, platt(4, -1)), new Part(same, platt(2, -0.5))),
                  merge,
                  3);
          float[] scores = new float[2];
          scorer.score(0, new int[] {1, 2}, 2, scores, scorer.newScratch(2));
          float rise = (scores[1] - scores[0]) * polarity.sign();
          assertTrue(rise >= -1e-6f, merge + " " + polarity + " trial " + trial + ": " + rise);
        }
      }
    }
  }

  private static Channel angles(String objective, Channel.Kind kind, double... radians) {
    float[] vectors = new float[2 * radians.length];
    for (int i = 0; i < radians.length; i++) {
      vectors[2 * i] = (float) Math.cos(radians[i]);
      vectors[2 * i + 1] = (float) Math.sin(radians[i]);
    }
    return Channel.normalized(objective, kind, vectors, radians.length, 2);
  }

  /** Metamorphic: whatever the vectors, declaring a dislike never raises a score. */
  @Test
  void declaringADislikeCanOnlyLower() {
    for (Merge merge : Merge.values()) {
      Part click = new Part(random("click", LINEAR, 7, 2), platt(6, -1.2));
      RelatedScorer without =
          RelatedScorer.of(weights(positive("click", 1, 0.5)), List.of(click), merge, ITEMS);
      RelatedScorer with =
          RelatedScorer.of(
              weights(positive("click", 1, 0.5), negative("dislike", 1, 0.5)),
              List.of(
                  click,
                  new Part(random("dislike", LINEAR, 4, 8), platt(5, -1)),
                  new Part(random("dislike", NON_LINEAR, 6, 9), platt(1, 0))),
              merge,
              ITEMS);
      int lowered = 0;
      for (int source = 0; source < ITEMS; source++) {
        for (int target = 0; target < ITEMS; target++) {
          float before = score(without, source, target);
          float after = score(with, source, target);
          assertTrue(after <= before, merge + " " + source + " -> " + target);
          lowered += after < before ? 1 : 0;
        }
      }
      assertTrue(lowered > 100, "it does lower: " + lowered);
    }
  }

  /**
   * Metamorphic: users who watched both and now dislike both push the pair down in each other's
   * lists, never up.
   */
  @Test
  void addedDislikesOfCoWatchersNeverRaiseTheItem() {
    int users = 80;
    Draws draws = Draws.of(4, "scorer-test");
    float[] dislikes = new float[ITEMS * users]; // an item's row is the set of users against it
    for (int i = 0; i < dislikes.length; i++) {
      dislikes[i] = draws.nextInt(12) == 0 ? 1 : 0;
    }
    Part click = new Part(random("click", LINEAR, 7, 2), platt(6, -1.2));
    int source = 1;
    int target = 2;
    int place = ITEMS;
    for (int added = 0; added <= 20; added += 4) {
      for (int user = 0; user < added; user++) {
        dislikes[source * users + user] = 1;
        dislikes[target * users + user] = 1;
      }
      Channel channel = Channel.normalized("dislike", LINEAR, dislikes, ITEMS, users);
      RelatedScorer scorer =
          RelatedScorer.of(
              weights(positive("click", 1, 0.5), negative("dislike", 1, 0.5)),
              List.of(click, new Part(channel, platt(6, -1))),
              Merge.CALIBRATED,
              ITEMS);
      float[] scores = scores(scorer, source, scorer.weights().manual());
      int better = 0;
      for (int i = 0; i < ITEMS; i++) {
        better += i != source && scores[i] > scores[target] ? 1 : 0;
      }
      assertTrue(
          place == ITEMS || better >= place, added + " dislikes: " + place + " to " + better);
      place = better;
    }
  }

  @Test
  void termsSayWhatEachChannelSaid() {
    RelatedScorer scorer =
        RelatedScorer.of(
            weights(positive("click", 2, 0.5), negative("dislike", 1, 0.5)),
            List.of(
                new Part(angles("click", LINEAR, 0, 1), platt(4, -1)),
                new Part(angles("click", NON_LINEAR, 0, 0.1), platt(2, -0.5)),
                new Part(Channel.normalized("dislike", LINEAR, new float[4], 2, 2), platt(1, 0))),
            Merge.MAX,
            2);
    List<Term> terms = scorer.terms(0, 1, scorer.weights().manual(), scorer.newScratch(1));
    Term click = terms.getFirst();
    assertEquals(List.of(LINEAR, NON_LINEAR), kinds(click));
    assertFalse(click.channels().get(0).merged(), "the smaller cosine has no say");
    assertTrue(click.channels().get(1).merged());
    assertEquals((float) Math.cos(0.1), click.merged(), 1e-6f);
    assertEquals(click.merged(), click.contribution(), 1e-6f);
    Term dislike = terms.getLast();
    assertFalse(dislike.channels().getFirst().present());
    assertEquals(0, dislike.contribution());
    assertTrue(click.toString().contains("non-linear cosine 0.9950 -> 0.9950"), click.toString());
    assertTrue(dislike.toString().contains("[linear absent]"), dislike.toString());
  }

  private static List<Channel.Kind> kinds(Term term) {
    List<Channel.Kind> kinds = new ArrayList<>();
    term.channels().forEach(channel -> kinds.add(channel.kind()));
    return kinds;
  }

  @Test
  void channelsThatFitNoObjectiveOrEachOtherAreRefused() {
    ObjectiveWeights weights = weights(positive("click", 1, 1));
    Part click = new Part(random("click", LINEAR, 7, 2), platt(6, -1.2));
    Part share = new Part(random("share", LINEAR, 7, 2), platt(6, -1.2));
    assertThrows(
        IllegalArgumentException.class,
        () -> RelatedScorer.of(weights, List.of(share), Merge.MAX, ITEMS));
    assertThrows(
        IllegalArgumentException.class,
        () -> RelatedScorer.of(weights, List.of(click, click), Merge.MAX, ITEMS));
    assertThrows(
        IllegalArgumentException.class,
        () -> RelatedScorer.of(weights, List.of(click), Merge.MAX, ITEMS + 1));
  }

  @Test
  void vectorsThatAreNotFiniteAreRefused() {
    float[] vectors = {1, Float.NaN};
    assertThrows(
        IllegalArgumentException.class, () -> Channel.normalized("click", LINEAR, vectors, 1, 2));
  }

  @Test
  void anAbsentChannelCountsAsItsPresenceTermSaysAndTermsSumToTheScore() {
    Presence presence = new Presence(-0.4f, 1.5f);
    for (Merge merge : Merge.values()) {
      RelatedScorer plain = threeObjectives(merge);
      List<Part> parts = new ArrayList<>();
      for (int k = 0; k < plain.weights().size(); k++) {
        for (Part part : plain.parts(k)) {
          parts.add(
              part.calibration().active() && k != 1
                  ? new Part(part.channel(), part.calibration().withPresence(presence))
                  : part);
        }
      }
      RelatedScorer scorer = RelatedScorer.of(plain.weights(), parts, merge, ITEMS);
      int[] targets = new int[ITEMS + 2];
      float[] similarities = new float[ITEMS + 2];
      for (int i = 0; i < targets.length; i++) {
        targets[i] = i; // the last two are of no channel
        similarities[i] = i % 10 / 10f;
      }
      float[] scores = new float[targets.length];
      double[] manual = plain.weights().manual();
      for (int source = 0; source < ITEMS + 1; source++) {
        scorer.score(
            source,
            targets,
            similarities,
            ITEMS,
            targets.length,
            manual,
            scores,
            scorer.newScratch(targets.length));
        for (int t = 0; t < targets.length; t++) {
          List<Term> terms = scorer.terms(source, t, similarities[t], manual, scorer.newScratch(1));
          assertEquals(
              Float.floatToRawIntBits(scores[t]),
              Float.floatToRawIntBits(Explanation.sum(terms)),
              merge + " " + source + " -> " + t);
          float[] before = new float[1];
          if (t < ITEMS && source < ITEMS) {
            plain.score(source, new int[] {t}, 1, manual, before, plain.newScratch(1));
            boolean complete =
                terms.stream()
                    .flatMap(term -> term.channels().stream())
                    .allMatch(channel -> channel.present() || !channel.merged());
            if (complete) {
              assertEquals(before[0], scores[t], "nothing lacks, nothing changes");
            }
          }
        }
        // Two items that nobody knows differ by their similarity alone.
        if (merge != Merge.MAX) {
          assertTrue(scores[ITEMS + 1] >= scores[ITEMS] || similarities[ITEMS] > 0.5f);
        }
      }
    }
  }

  @Test
  void thePresenceLineIsThatOfTheCandidatesThatHaveTheChannel() {
    // Twenty items on a circle, and candidates whose similarity is their cosine.
    int items = 20;
    float[] vectors = new float[2 * items];
    for (int i = 0; i < items; i++) {
      vectors[2 * i] = (float) Math.cos(i * 0.1);
      vectors[2 * i + 1] = (float) Math.sin(i * 0.1);
    }
    Channel channel = Channel.normalized("click", LINEAR, vectors, items, 2);
    int[][] found = new int[items][];
    float[][] similarities = new float[items][];
    for (int i = 0; i < items; i++) {
      found[i] = new int[] {(i + 1) % items, (i + 5) % items, (i + 9) % items};
      similarities[i] = new float[3];
      for (int j = 0; j < 3; j++) {
        similarities[i][j] = channel.cosine(i, found[i][j]);
      }
    }
    CandidateLists candidates = TestLists.content(found, similarities);
    Presence presence = Presence.fit(channel, platt(3, -1), candidates, 1);
    assertEquals(-1, presence.atZero(), 1e-4);
    assertEquals(3, presence.perSimilarity(), 1e-4);
    for (float[] row : similarities) {
      for (int j = 0; j < row.length; j++) {
        row[j] = -row[j]; // falls with similarity: then the mean
      }
    }
    Presence mean = Presence.fit(channel, platt(3, -1), TestLists.content(found, similarities), 1);
    assertEquals(0, mean.perSimilarity());
    assertEquals(
        Presence.NEUTRAL, Presence.fit(channel, platt(3, -1), CandidateLists.empty(items), 1));
  }
}
