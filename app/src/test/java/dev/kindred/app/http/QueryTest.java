package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QueryTest {
  @ParameterizedTest
  @ValueSource(strings = {"a b", "ä/ö&ü=?#%", "+", "日本", "\uD83C\uDFAC", "100%", ""})
  void whatWasEncodedComesBack(String value) {
    Query query = Query.parse("x=" + URLEncoder.encode(value, StandardCharsets.UTF_8) + "&y=1");
    assertEquals(value, query.text("x", "absent"));
    assertEquals("1", query.text("y", "absent"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x=%", "x=%4", "x=%zz", "%=1", "x=%ff", "x=%c3", "x=%ed%a0%80", "x=ä"})
  void whatIsMalformedIsRefused(String raw) {
    Refusal refusal = assertThrows(Refusal.class, () -> Query.parse(raw));
    assertEquals(400, refusal.status());
    assertEquals("malformed-query", refusal.code());
  }

  @Test
  void aMalformedParameterIsNamedWithTheRemedy() {
    assertEquals(
        "parameter 'item' is '100%': a percent sign must be followed"
            + " by two hexadecimal digits; write one that stands for itself as %25",
        message("n=5&item=100%"));
    assertTrue(message("a%zz=5").contains("the parameter's name is 'a%zz'"), message("a%zz=5"));
    assertTrue(message("item=%ff").contains("'item' is '%ff': its escapes are no UTF-8"));
  }

  private static String message(String raw) {
    return assertThrows(Refusal.class, () -> Query.parse(raw)).getMessage();
  }

  @Test
  void repeatedValuesKeepTheirOrderAndSingleOnesMustBeSingle() {
    Query query = Query.parse("a=2&b=&a=1&&a=2");
    assertEquals(List.of("2", "1", "2"), query.all("a"));
    assertEquals(List.of(), query.all("c"));
    assertEquals("repeated-parameter", code(() -> query.text("a", "")));
    assertEquals("missing-parameter", code(() -> query.required("c")));
    Refusal empty = assertThrows(Refusal.class, () -> query.required("b"));
    assertEquals("bad-parameter", empty.code());
    assertEquals("parameter 'b' is empty; give it a value", empty.getMessage());
  }

  @Test
  void numbersAndFlagsAreChecked() {
    Query query = Query.parse("n=5&m=five&huge=99999999999&on&off=false&odd=yes");
    assertEquals(5, query.integer("n", 1, 0, 5));
    assertEquals(1, query.integer("absent", 1, 0, 5));
    assertEquals("bad-parameter", code(() -> query.integer("n", 1, 0, 4)));
    assertEquals("bad-parameter", code(() -> query.integer("m", 1, 0, 9)));
    assertEquals("bad-parameter", code(() -> query.integer("huge", 1, 0, 9)));
    assertTrue(query.flag("on"));
    assertEquals(false, query.flag("off"));
    assertEquals("bad-parameter", code(() -> query.flag("odd")));
  }

  @Test
  void anUnknownParameterIsNamedWithThoseThatAreKnown() {
    Refusal refusal =
        assertThrows(Refusal.class, () -> Query.parse("itm=1").only(Set.of("item", "n")));
    assertTrue(refusal.getMessage().contains("'itm'"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("item, n"), refusal.getMessage());
  }

  @Test
  void tooManyParametersAreRefused() {
    assertEquals("too-many-parameters", code(() -> Query.parse("a=1&".repeat(1001))));
    assertEquals(1000, Query.parse("a=1&".repeat(1000)).all("a").size());
  }

  private static String code(Runnable body) {
    return assertThrows(Refusal.class, body::run).code();
  }
}
