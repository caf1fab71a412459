package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentCandidatesTest {
  private static final List<FieldSpec> FIELDS =
      List.of(
          FieldSpec.single("type", "type"),
          FieldSpec.multi("actors", "actors", "|").withWeight(2),
          FieldSpec.multi("tags", "tags", "|"),
          FieldSpec.numeric("length", "length"));

  /** Items with skewed values; some twins, some without any. */
  static Catalogue world(int items, long seed) {
    Ids ids = new Ids();
    Catalogue.Builder builder = Catalogue.builder(ids, FIELDS);
    Draws draws = Draws.of(seed, "content-test-world");
    for (int i = 0; i < items; i++) {
      ids.add("item" + i);
      // every eleventh item is a twin of an earlier one
      draws.reset(i % 11 == 10 ? draws.nextInt(i) : i);
      if (draws.nextInt(50) == 0) {
        continue;
      }
      builder.value(0, i, "type" + skewed(draws, 12));
      int actors = draws.nextInt(7);
      for (int a = 0; a < actors; a++) {
        builder.value(1, i, "actor" + skewed(draws, items / 4 + 2));
      }
      int tags = draws.nextInt(9);
      for (int t = 0; t < tags; t++) {
        builder.value(2, i, "tag" + skewed(draws, items / 20 + 2));
      }
      builder.number(3, i, draws.nextFloat());
    }
    return builder.build();
  }

  private static int skewed(Draws draws, int bound) {
    return (int) (bound * Math.pow(draws.nextDouble(), 3));
  }

  private record Candidate(int item, float similarity, CandidateSource source) {}

  private static List<Candidate> list(CandidateLists lists, int item) {
    List<Candidate> list = new ArrayList<>();
    for (long at = lists.start(item); at < lists.end(item); at++) {
      list.add(new Candidate(lists.item(at), lists.similarity(at), lists.source(at)));
    }
    return list;
  }

  /** All cosines of one item by the dullest means, then the back-off rule word for word. */
  private static List<Candidate> bruteForce(
      ProfileVectors vectors, ContentOptions options, int item) {
    int own = vectors.profileOf(item);
    if (own < 0) {
      return List.of();
    }
    float[] spread = new float[vectors.dimensionCount()];
    for (int i = vectors.start(own); i < vectors.end(own); i++) {
      spread[vectors.dimension(i)] = vectors.weight(i);
    }
    double[] cosines = new double[vectors.items()];
    for (int other = 0; other < vectors.items(); other++) {
      int profile = vectors.profileOf(other);
      boolean none = other == item || profile < 0;
      cosines[other] = none ? -1 : vectors.cosine(profile, spread, own);
    }
    double threshold = options.threshold();
    for (int lowered = 1; threshold > options.floor(); lowered++) {
      int count = 0;
      for (double cosine : cosines) {
        count += cosine >= threshold ? 1 : 0;
      }
      if (count >= options.minCandidates()) {
        break;
      }
      threshold = Math.max(options.floor(), options.threshold() - lowered * options.step());
    }
    List<Candidate> all = new ArrayList<>();
    for (int other = 0; other < cosines.length; other++) {
      if (cosines[other] >= threshold) {
        float similarity = (float) cosines[other];
        boolean strict = similarity >= (float) options.threshold();
        all.add(
            new Candidate(
                other,
                similarity,
                strict ? CandidateSource.CONTENT : CandidateSource.CONTENT_RELAXED));
      }
    }
    all.sort((a, b) -> Float.compare(b.similarity(), a.similarity())); // stable: ordinals ascend
    return all.subList(0, Math.min(all.size(), options.maxPerItem()));
  }

  private static void assertEqualsBruteForce(int items, ContentOptions options, int every) {
    Catalogue catalogue = world(items, 3);
    ProfileVectors vectors = ProfileVectors.of(catalogue, options);
    try (Workers workers = Workers.of(2)) {
      CandidateLists lists = ContentCandidates.join(catalogue, options, workers, Progress.none());
      assertEquals(items, lists.items());
      for (int item = 0; item < items; item += every) {
        assertEquals(
            bruteForce(vectors, options, item), list(lists, item), options + " item " + item);
      }
    }
  }

  @Test
  void joinEqualsBruteForceOnTenThousandItemsInThePapersReading() {
    assertEqualsBruteForce(10_000, ContentOptions.paper(), 1);
  }

  @Test
  void joinEqualsBruteForceOnTenThousandItemsWithWeightsAndBackOff() {
    assertEqualsBruteForce(10_000, ContentOptions.defaults(), 3);
  }

  @Test
  void joinEqualsBruteForceForOtherThresholdsCapsAndWeights() {
    for (double e : new double[] {0.05, 0.3, 0.5, 0.9, 1}) {
      for (int cap : new int[] {1, 5, 1000}) {
        assertEqualsBruteForce(700, ContentOptions.paper().withThreshold(e).withMaxPerItem(cap), 1);
        assertEqualsBruteForce(
            700,
            ContentOptions.defaults()
                .withThreshold(e)
                .withMaxPerItem(cap)
                .withBackOff(20, Math.min(e, 0.07), 0.09)
                .withTopK(15)
                .withWeighting(true, false, true),
            1);
      }
    }
  }

  @Test
  void joinEqualsBruteForceWhereNearlyAllValuesAreFrequent() {
    Ids ids = new Ids();
    Catalogue.Builder builder = Catalogue.builder(ids, FIELDS);
    for (int i = 0; i < 4000; i++) {
      ids.add("item" + i);
      Draws draws = Draws.of(i, "frequent-values");
      builder.value(0, i, "type" + draws.nextInt(5));
      for (int v = draws.nextInt(4); v >= 0; v--) {
        builder.value(1, i, "actor" + draws.nextInt(24));
        builder.value(2, i, "tag" + draws.nextInt(60));
      }
    }
    Catalogue catalogue = builder.build();
    for (ContentOptions options :
        List.of(
            ContentOptions.defaults(),
            ContentOptions.defaults().withMaxPerItem(3).withBackOff(900, 0.05, 0.2),
            ContentOptions.paper())) {
      ProfileVectors vectors = ProfileVectors.of(catalogue, options);
      CandidateLists lists = join(catalogue, options);
      for (int item = 0; item < 4000; item += 7) {
        assertEquals(
            bruteForce(vectors, options, item), list(lists, item), options + " item " + item);
      }
    }
  }

  @Test
  void listsAreTheSameForAnyNumberOfThreads() {
    Catalogue catalogue = world(3000, 5);
    try (Workers one = Workers.of(1);
        Workers three = Workers.of(3)) {
      ContentOptions options = ContentOptions.defaults();
      CandidateLists a = ContentCandidates.join(catalogue, options, one, Progress.none());
      CandidateLists b = ContentCandidates.join(catalogue, options, three, Progress.none());
      for (int item = 0; item < a.items(); item++) {
        assertEquals(list(a, item), list(b, item), "item " + item);
      }
    }
  }

  private static Catalogue catalogue(String[]... tagsOfItems) {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(ids, List.of(FieldSpec.multi("tags", "tags", "|")));
    for (int i = 0; i < tagsOfItems.length; i++) {
      ids.add("item" + i);
      for (String tag : tagsOfItems[i]) {
        builder.value(0, i, tag);
      }
    }
    return builder.build();
  }

  private static CandidateLists join(Catalogue catalogue, ContentOptions options) {
    try (Workers workers = Workers.of(1)) {
      return ContentCandidates.join(catalogue, options, workers, Progress.none());
    }
  }

  @Test
  void aPairThatMeetsTheThresholdExactlyIsACandidate() {
    // 13 of 20 values shared: the cosine is 0.65 on the dot
    String[] a = new String[20];
    String[] b = new String[20];
    for (int i = 0; i < 20; i++) {
      a[i] = "v" + i;
      b[i] = "v" + (i + 7);
    }
    CandidateLists lists = join(catalogue(a, b), ContentOptions.paper());
    assertEquals(List.of(new Candidate(1, 0.65f, CandidateSource.CONTENT)), list(lists, 0));
    assertEquals(List.of(new Candidate(0, 0.65f, CandidateSource.CONTENT)), list(lists, 1));
  }

  @Test
  void handWorkedCosinesOfThePapersReading() {
    CandidateLists lists =
        join(
            catalogue(
                new String[] {"a", "b", "c", "d"},
                new String[] {"a", "b", "c"}, // 3 / sqrt(12) = 0.866
                new String[] {"a", "b"}, // 2 / sqrt(8) = 0.707; with item 1 2 / sqrt(6) = 0.816
                new String[] {"a"}), // 1 / sqrt(4) = 0.5; 0.577; 0.707
            ContentOptions.paper());
    assertEquals(
        List.of(
            new Candidate(1, (float) (3 / Math.sqrt(12)), CandidateSource.CONTENT),
            new Candidate(2, (float) (2 / Math.sqrt(8)), CandidateSource.CONTENT)),
        list(lists, 0));
    assertEquals(
        List.of(
            new Candidate(0, (float) (3 / Math.sqrt(12)), CandidateSource.CONTENT),
            new Candidate(2, (float) (2 / Math.sqrt(6)), CandidateSource.CONTENT)),
        list(lists, 1));
    assertEquals(1, lists.count(3));
  }

  @Test
  void backOffAddsMarkedCandidatesOnlyWhereThereAreTooFew() {
    Catalogue catalogue =
        catalogue(
            new String[] {"a", "b", "c", "d"},
            new String[] {"a", "b", "c", "e"},
            new String[] {"a", "b", "f", "g"},
            new String[] {"a", "h", "i", "j"});
    ContentOptions strict = ContentOptions.paper();
    assertEquals(1, join(catalogue, strict).count(0)); // 0.75 to item 1
    CandidateLists one = join(catalogue, strict.withBackOff(1, 0.2, 0.05));
    assertEquals(
        List.of(new Candidate(1, 0.75f, CandidateSource.CONTENT)), list(one, 0), "enough at e");
    CandidateLists two = join(catalogue, strict.withBackOff(2, 0.2, 0.05));
    assertEquals(
        List.of(
            new Candidate(1, 0.75f, CandidateSource.CONTENT),
            new Candidate(2, 0.5f, CandidateSource.CONTENT_RELAXED)),
        list(two, 0));
    CandidateLists all = join(catalogue, strict.withBackOff(9, 0.2, 0.05));
    assertEquals(3, all.count(0), "down to the floor, which 0.25 reaches");
    CandidateLists floor = join(catalogue, strict.withBackOff(9, 0.3, 0.05));
    assertEquals(2, floor.count(0), "the floor stops 0.25");
  }

  @Test
  void idfPutsASharedRareValueAboveASharedCommonOne() {
    String[][] items = new String[40][];
    items[0] = new String[] {"drama", "kubrick"};
    items[1] = new String[] {"comedy", "kubrick"};
    items[2] = new String[] {"drama", "lumet"};
    items[3] = new String[] {"comedy", "lumet"};
    for (int i = 4; i < items.length; i++) {
      items[i] = new String[] {i % 2 == 0 ? "drama" : "comedy", "director" + i / 4};
    }
    ContentOptions options = ContentOptions.defaults().withBackOff(50, 0.1, 0.05);
    assertEquals(1, join(catalogue(items), options).item(0), "kubrick before drama");
  }

  @Test
  void balancedFieldsKeepManyActorsFromDrowningOneGenre() {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(
            ids, List.of(FieldSpec.single("genre", "g"), FieldSpec.multi("actors", "a", "|")));
    for (int i = 0; i < 3; i++) {
      ids.add("film" + i);
      builder.value(0, i, i == 2 ? "horror" : "comedy");
      for (int a = 0; a < 8; a++) {
        // film 2 shares 4 of 8 actors with film 0, film 1 shares 3
        builder.value(1, i, "actor" + (i == 0 || a < (i == 1 ? 3 : 4) ? a : 10 * i + a));
      }
    }
    Catalogue catalogue = builder.build();
    ContentOptions plain =
        ContentOptions.paper().withBackOff(9, 0.05, 0.05).withWeighting(false, false, false);
    CandidateLists unbalanced = join(catalogue, plain);
    assertEquals(unbalanced.similarity(0), unbalanced.similarity(1), "4 of 9 values either way");
    CandidateLists balanced = join(catalogue, plain.withWeighting(false, true, false));
    assertEquals(1, balanced.item(0));
    assertTrue(balanced.similarity(0) > balanced.similarity(1) + 0.2f);
  }

  @Test
  void topKKeepsTheMostFrequentValuesAndFieldsMaySayTheirOwn() {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(
            ids,
            List.of(
                FieldSpec.multi("tags", "t", "|"), FieldSpec.multi("kinds", "k", "|").withTopK(1)));
    for (int i = 0; i < 4; i++) {
      ids.add("item" + i);
      builder.value(0, i, "everywhere").value(1, i, "usual");
      if (i < 2) {
        builder.value(0, i, "rare").value(1, i, "odd");
      }
    }
    Catalogue catalogue = builder.build();
    assertEquals(3, ProfileVectors.of(catalogue, ContentOptions.paper()).dimensionCount());
    ContentOptions one = ContentOptions.paper().withTopK(1);
    assertEquals(2, ProfileVectors.of(catalogue, one).dimensionCount());
    assertEquals(1, ProfileVectors.of(catalogue, one).profiles(), "all alike without rare");
  }

  @Test
  void itemsWithoutProfileHaveNoCandidatesAndAreNone() {
    CandidateLists lists =
        join(
            catalogue(new String[] {"a"}, new String[0], new String[] {"a"}),
            ContentOptions.defaults());
    assertEquals(1, lists.count(0));
    assertEquals(2, lists.item(lists.start(0)));
    assertEquals(0, lists.count(1));
    assertEquals(0, join(Catalogue.empty(new Ids()), ContentOptions.defaults()).items());
  }

  @Test
  void aFieldOfWeightZeroIsOnlyShownInEitherReading() {
    Ids ids = Ids.of(List.of("a", "b", "c"));
    Catalogue.Builder builder =
        Catalogue.builder(
            ids,
            List.of(
                FieldSpec.single("type", "type"),
                FieldSpec.single("title", "title").withWeight(0)));
    builder.value(0, 0, "comedy").value(1, 0, "One");
    builder.value(0, 1, "comedy").value(1, 1, "Two");
    builder.value(0, 2, "horror").value(1, 2, "One");
    Catalogue films = builder.build();
    for (ContentOptions options : List.of(ContentOptions.paper(), ContentOptions.defaults())) {
      CandidateLists lists = join(films, options);
      assertEquals(1, lists.count(0), options.toString());
      assertEquals(1, lists.item(lists.start(0)));
      assertEquals(1, lists.similarity(lists.start(0)));
      assertEquals(0, lists.count(2), options.toString());
    }
  }

  /** The paper's example: everybody watches both, yet they have nothing in common. */
  @Test
  void theComedyAndTheHorrorBlockbusterAreNeverCandidatesOfEachOther() {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(
            ids, List.of(FieldSpec.single("type", "type"), FieldSpec.multi("cast", "cast", "|")));
    for (int i = 0; i < 60; i++) {
      ids.add("film" + i);
      boolean comedy = i % 2 == 0;
      builder.value(0, i, comedy ? "comedy" : "horror");
      builder.value(1, i, (comedy ? "clown" : "ghost") + i % 7);
    }
    CandidateLists lists = join(builder.build(), ContentOptions.defaults());
    for (int item = 0; item < 60; item++) {
      assertTrue(lists.count(item) > 0);
      for (long at = lists.start(item); at < lists.end(item); at++) {
        assertEquals(item % 2, lists.item(at) % 2, "film " + item + " and " + lists.item(at));
      }
    }
  }
}
