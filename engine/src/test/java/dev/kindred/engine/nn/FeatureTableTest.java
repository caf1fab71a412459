package dev.kindred.engine.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.Draws;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureTableTest {
  private static final List<FieldSpec> FIELDS =
      List.of(
          FieldSpec.single("type", "type"),
          FieldSpec.multi("tags", "tags", "|"),
          FieldSpec.numeric("length", "length"));

  private static Catalogue catalogue() {
    Catalogue.Builder builder =
        Catalogue.builder(Ids.of(List.of("i0", "i1", "i2", "i3", "i4")), FIELDS);
    builder.value(0, 0, "film").value(1, 0, "war").value(1, 0, "love").number(2, 0, 90);
    builder.value(0, 1, "short").number(2, 1, 10);
    builder.value(0, 3, "film").value(1, 3, "war").value(1, 3, "love");
    builder.value(0, 4, "short").value(1, 4, "seen once");
    return builder.build();
  }

  @Test
  void aCatalogueBecomesIdsValuesAndNumbers() {
    FeatureTable table = FeatureTable.of(catalogue());
    assertEquals(5, table.rows());
    assertEquals(
        List.of("id", "type", "tags", "length"),
        table.features().stream().map(Feature::name).toList());
    assertEquals(2, table.end(2, 0) - table.start(2, 0));
    assertEquals(0, table.end(1, 2) - table.start(1, 2));
    assertEquals(0.5f, table.shares(3)[0]);
    assertEquals(0f, table.shares(3)[1]);
    assertTrue(Float.isNaN(table.shares(3)[2]));
    assertFalse(table.onlyIds());
    assertTrue(FeatureTable.ofIds(4).onlyIds());
  }

  @Test
  void aValueOfASingleRowReadsAsUnknown() {
    FeatureTable table = FeatureTable.of(catalogue());
    assertEquals(List.of("war", "love"), table.features().get(2).vocabulary());
    assertEquals(1, table.end(2, 4) - table.start(2, 4));
    assertEquals(FeatureTable.UNKNOWN, table.values(2)[table.start(2, 4)]);
  }

  @Test
  void anotherCatalogueIsMatchedByStringsAndUnknownValuesGoToTheUnknownBucket() {
    List<Feature> trained = FeatureTable.of(catalogue()).features();
    Catalogue.Builder builder =
        Catalogue.builder(
            Ids.of(List.of("new")),
            List.of(FieldSpec.multi("tags", "t", "|"), FieldSpec.single("type", "type")));
    builder.value(0, 0, "space").value(0, 0, "love").value(1, 0, "short");
    FeatureTable table = FeatureTable.encode(trained, builder.build());
    assertEquals(FeatureTable.UNKNOWN, table.values(0)[0]);
    assertEquals(2, table.values(1)[table.start(1, 0)]);
    assertEquals(FeatureTable.UNKNOWN, table.values(2)[table.start(2, 0)]);
    assertEquals(2, table.values(2)[table.start(2, 0) + 1]);
    assertTrue(Float.isNaN(table.shares(3)[0]));
  }

  @Test
  void hashedFeaturesSortAnotherCatalogueIntoTheirBuckets() {
    Feature feature = Feature.hashed("kind", 1000).named("type");
    FeatureTable table = FeatureTable.encode(List.of(feature), catalogue());
    assertEquals(feature.bucketOf("film") + 1, table.values(0)[table.start(0, 0)]);
    assertEquals(feature.bucketOf("short") + 1, table.values(0)[table.start(0, 1)]);
    assertEquals(0, table.end(0, 2) - table.start(0, 2));
  }

  @Test
  void textsAreFoundInTheVocabularyOrHashed() {
    Feature known = Feature.categorical("color", List.of("red", "blue"));
    Feature hashed = Feature.hashed("word", 1000);
    List<List<String>> words = List.of(List.of("a", "b"), List.of(), List.of("", "b"));
    FeatureTable table =
        FeatureTable.builder(3)
            .text(known, List.of("blue", "pink", ""))
            .texts(hashed, words)
            .build();
    assertArrayEquals(new int[] {2, FeatureTable.UNKNOWN, FeatureTable.UNKNOWN}, table.values(0));
    int b = hashed.bucketOf("b") + 1;
    assertArrayEquals(
        new int[] {hashed.bucketOf("a") + 1, b, FeatureTable.UNKNOWN, b}, table.values(1));
    assertEquals(0, table.end(1, 1) - table.start(1, 1));
  }

  @Test
  void featuresThatKnowNoTextsAndOtherNumbersOfRowsAreRefused() {
    FeatureTable.Builder builder = FeatureTable.builder(1);
    for (Feature feature :
        List.of(
            Feature.id("user", 3),
            Feature.categorical("plain", 3),
            Feature.numeric("price", Quantiles.fit(new float[] {1})))) {
      Exception e =
          assertThrows(IllegalArgumentException.class, () -> builder.text(feature, List.of("red")));
      assertTrue(e.getMessage().contains("feature " + feature.name()), e.getMessage());
      assertTrue(e.getMessage().contains("neither a vocabulary nor buckets"), e.getMessage());
    }
    Feature known = Feature.categorical("color", List.of("red"));
    assertThrows(IllegalArgumentException.class, () -> builder.text(known, List.of("red", "red")));
    assertThrows(IllegalArgumentException.class, () -> builder.texts(known, List.of()));
  }

  @Test
  void valuesOutsideOfTheVocabularyAreUnknown() {
    FeatureTable table =
        FeatureTable.builder(3)
            .single(Feature.categorical("kind", 2), new int[] {-1, 1, 2})
            .build();
    assertEquals(0, table.values(0)[0]);
    assertEquals(2, table.values(0)[1]);
    assertEquals(0, table.values(0)[2]);
  }

  @Test
  void idsCanBeDeclaredUnknown() {
    FeatureTable table = FeatureTable.ofIds(2).withKnownIds(new boolean[] {false, true});
    assertEquals(0, table.values(0)[0]);
    assertEquals(2, table.values(0)[1]);
  }

  @Test
  void skewedNumbersComeOutUniformWithinZeroToOneAndNeverFall() {
    Draws draws = Draws.of(4, "skewed");
    float[] numbers = new float[20_000];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.exp(3 * draws.nextGaussian());
    }
    Quantiles quantiles = Quantiles.fit(numbers);
    int[] tenths = new int[10];
    for (float number : numbers) {
      tenths[(int) (quantiles.share(number) * 10)]++;
    }
    for (int tenth : tenths) {
      assertEquals(2000, tenth, 60);
    }
    float last = 0;
    for (float x = -10; x < 1e6; x = x < 1 ? x + 0.01f : x * 1.01f) {
      float share = quantiles.share(x);
      assertTrue(
          share >= last && share < 1, "share of %s is %s after %s".formatted(x, share, last));
      last = share;
    }
    Quantiles again = Quantiles.of(quantiles.cuts(), quantiles.shares());
    assertEquals(quantiles.share(1.5f), again.share(1.5f));
  }

  @Test
  void manyEqualNumbersShareOnePlaceAndNoneIsAllZero() {
    Quantiles quantiles = Quantiles.fit(new float[] {0, 0, 0, 5, Float.NaN});
    assertEquals(0, quantiles.share(0));
    assertEquals(0, quantiles.share(-3));
    assertEquals(0.75f, quantiles.share(5));
    assertTrue(quantiles.share(6) < 1);
    assertEquals(0, Quantiles.fit(new float[] {Float.NaN}).share(7));
  }

  @Test
  void infiniteNumbersAndWrongLengthsAreRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Quantiles.fit(new float[] {Float.POSITIVE_INFINITY}));
    FeatureTable.Builder builder = FeatureTable.builder(2);
    Exception e =
        assertThrows(IllegalArgumentException.class, () -> builder.numeric("price", new float[3]));
    assertTrue(e.getMessage().contains("3") && e.getMessage().contains("2"), e.getMessage());
  }
}
