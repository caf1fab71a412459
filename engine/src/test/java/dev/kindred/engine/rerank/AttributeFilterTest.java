package dev.kindred.engine.rerank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.index.BitSetFilter;
import dev.kindred.index.OrdinalFilter;
import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class AttributeFilterTest {
  private static final Shelf SHELF =
      new Shelf()
          .item(1999, "Night", "Comedy", "Drama") // 0
          .item(1990, "", "Horror") // 1
          .item(Float.NaN, "Night", "Comedy") // 2
          .item(2020.5f, "O'Hara's", "Sci-Fi") // 3
          .item(-3, ""); // 4

  private static List<Integer> accepted(String expression) {
    OrdinalFilter filter = AttributeFilter.parse(expression).bind(SHELF);
    List<Integer> accepted = new ArrayList<>();
    for (int item = 0; item < SHELF.items(); item++) {
      if (filter.accepts(item)) {
        accepted.add(item);
      }
    }
    return accepted;
  }

  @Test
  void fieldsOfTextAreComparedByAnyOfTheirValues() {
    assertEquals(List.of(0, 2), accepted("genre = 'Comedy'"));
    assertEquals(List.of(0, 2), accepted("genre = Comedy"));
    assertEquals(List.of(0), accepted("genre = Comedy and genre = Drama"));
    assertEquals(List.of(0, 1, 2), accepted("genre in ('Comedy', Horror)"));
    assertEquals(List.of(1, 3, 4), accepted("genre != Comedy"));
    assertEquals(List.of(3, 4), accepted("genre not in (Comedy, Horror)"));
    assertEquals(List.of(3), accepted("series = 'O''Hara''s'"));
    assertEquals(List.of(3), accepted("genre = Sci-Fi"));
    assertEquals(List.of(0, 2, 3), accepted("series exists"));
    assertEquals(List.of(), accepted("genre = 'no such value'"));
    assertEquals(List.of(), accepted("genre = comedy"), "case matters");
  }

  @Test
  void fieldsOfNumbersHaveAnOrderAndMissingOnesMeetNoComparison() {
    assertEquals(List.of(0, 3), accepted("year > 1990"));
    assertEquals(List.of(0, 1, 3), accepted("year >= 1990"));
    assertEquals(List.of(4), accepted("year < 0"));
    assertEquals(List.of(1, 4), accepted("year <= 1.99e3"));
    assertEquals(List.of(3), accepted("year = 2020.5"));
    assertEquals(List.of(1, 4), accepted("year in (1990, -3)"));
    assertEquals(List.of(2), accepted("not year exists"));
    assertEquals(List.of(0, 2, 3, 4), accepted("year != 1990"));
  }

  @Test
  void aDecimalNumberIsComparedAsTheFieldHoldsIt() {
    Shelf shelf = new Shelf().item(0.1f, "").item(0.3f, "");
    for (String expression : List.of("year = 0.1", "year <= 0.1", "year < 0.3")) {
      OrdinalFilter filter = AttributeFilter.parse(expression).bind(shelf);
      assertTrue(filter.accepts(0), expression);
      assertFalse(filter.accepts(1), expression);
    }
    for (String expression : List.of("year = 0.3", "year >= 0.3", "year > 0.1")) {
      OrdinalFilter filter = AttributeFilter.parse(expression).bind(shelf);
      assertFalse(filter.accepts(0), expression);
      assertTrue(filter.accepts(1), expression);
    }
  }

  @Test
  void andBindsCloserThanOrAndNotClosest() {
    assertEquals(List.of(0, 1, 2), accepted("genre = Horror or genre = Comedy and series = Night"));
    assertEquals(List.of(0, 2), accepted("(genre = Horror or genre = Comedy) and series = Night"));
    assertEquals(List.of(2), accepted("not year exists and genre = Comedy"));
    assertEquals(List.of(1, 3, 4), accepted("NOT (genre = Comedy OR series = Night)"));
    assertEquals(List.of(0, 2), accepted("not not genre = Comedy"));
    assertEquals(List.of(0), accepted("\"genre\" = Drama"));
  }

  @Test
  void errorsNameThePlaceAndWhatCouldStandThere() {
    assertFault("", "character 1", "it ends where the name of a field");
    assertFault("genre", "character 6", "it ends where one of = !=");
    assertFault("genre = ", "character 9", "it ends where a value");
    assertFault("genre = 'Com", "character 9", "never closed");
    assertFault("genre in Comedy", "character 10", "'Comedy' stands where '('");
    assertFault("genre in (Comedy Drama)", "character 18", "'Drama' stands where ')'");
    assertFault("year > old", "character 8", "'old' stands where a number");
    assertFault("year > 12x", "character 8", "'12x' is no number");
    assertFault("genre = Comedy genre = Drama", "character 16", "'and', 'or' or the end");
    assertFault("(genre = Comedy", "character 16", "it ends where ')'");
    assertFault("and = 1", "character 1", "'and' stands where the name of a field");
    assertFault("(".repeat(200) + "a = b", "character", "nested deeper than 100");
    assertFault("genre = '" + "x".repeat(20_000) + "'", "20010 characters", "10000");
  }

  @Test
  void fieldsThatDoNotFitAreNamedWithThoseThatThereAre() {
    assertFault("gendre = Comedy", "no field 'gendre'", "genre, series, year");
    assertFault("genre > 3", "'genre' holds text", "no order");
    assertFault("year = soon", "'year' holds numbers", "'soon' is none");
    String none =
        assertThrows(
                IllegalArgumentException.class,
                () -> AttributeFilter.parse("a = b").bind(ItemAttributes.none(3)))
            .getMessage();
    assertTrue(none.contains("no catalogue"), none);
  }

  private static void assertFault(String expression, String... parts) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> accepted(expression)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void drawnExpressionsAgreeWithAPlainEvaluation() {
    Shelf shelf = Shelf.random(200, 5);
    for (int seed = 0; seed < 300; seed++) {
      Draws draws = Draws.of(seed, "expression");
      StringBuilder text = new StringBuilder();
      IntPredicate expected = draw(shelf, draws, 0, text);
      BitSetFilter bits = AttributeFilter.parse(text.toString()).bits(shelf);
      int count = 0;
      for (int item = 0; item < shelf.items(); item++) {
        assertEquals(
            expected.test(item), bits.accepts(item), seed + ": " + text + ", item " + item);
        count += expected.test(item) ? 1 : 0;
      }
      assertEquals(count, bits.cardinality());
    }
  }

  /** Writes a drawn expression and gives its meaning. */
  private static IntPredicate draw(Shelf shelf, Draws draws, int depth, StringBuilder text) {
    int kind = draws.nextInt(depth > 3 ? 2 : 5);
    if (kind == 0) {
      int limit = 1950 + draws.nextInt(70);
      text.append("year >= ").append(limit);
      return item -> shelf.number(item, 2) >= limit;
    }
    if (kind == 1) {
      String genre = "g" + draws.nextInt(5);
      text.append("genre = ").append(genre);
      int value = shelf.valueOf(0, genre);
      return item -> shelf.has(item, 0, value);
    }
    text.append(kind == 2 ? "not (" : "(");
    IntPredicate first = draw(shelf, draws, depth + 1, text);
    if (kind == 2) {
      text.append(')');
      return first.negate();
    }
    text.append(kind == 3 ? " and " : " or ");
    IntPredicate second = draw(shelf, draws, depth + 1, text);
    text.append(')');
    return kind == 3 ? first.and(second) : first.or(second);
  }

  @Test
  void filtersAreEqualIfWrittenAlike() {
    assertEquals(AttributeFilter.parse("a = b"), AttributeFilter.parse("a = b"));
    assertEquals(
        AttributeFilter.parse("a = b").hashCode(), AttributeFilter.parse("a = b").hashCode());
    assertNotEquals(AttributeFilter.parse("a = b"), AttributeFilter.parse("a = c"));
    FilterCache cache = new FilterCache(SHELF);
    AttributeFilter again = AttributeFilter.parse("genre = Comedy");
    assertTrue(cache.bits(AttributeFilter.parse("genre = Comedy")) == cache.bits(again));
  }
}
