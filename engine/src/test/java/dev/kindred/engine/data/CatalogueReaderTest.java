package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CatalogueReaderTest extends ReaderFiles {
  @Test
  void everyKindOfFieldIsReadFromACatalogue() throws IOException {
    String text =
        """
        1::Toy Story (1995)::Animation|Children's| Comedy |Comedy::81.5
        2::Heat (1995) & Dust (1983)::::-1
        3::Untitled::Drama::
        """;
    TableSource source =
        TableSource.of(file("movies.dat", text))
            .withDelimiter("::")
            .withHeader(false)
            .withColumns(List.of("id", "title", "genres", "minutes"));
    Ids ids = new Ids();
    int onlyInLog = ids.add("99");
    Catalogue items =
        CatalogueReader.read(
                source,
                "id",
                List.of(
                    FieldSpec.multi("genres", "genres", "|"),
                    FieldSpec.tokens("title", "title").withPattern("\\p{L}+"),
                    FieldSpec.bucket("decade", "title", 10).withPattern("\\((\\d{4})\\)$"),
                    FieldSpec.single("name", "title").withPattern("^[^(]*"),
                    FieldSpec.numeric("minutes", "minutes"),
                    FieldSpec.bucket("length", "minutes", 60)),
                ids)
            .catalogue();
    assertEquals(4, ids.size());
    assertFalse(items.contains(onlyInLog));
    int toy = ids.ordinalOf("1");
    int heat = ids.ordinalOf("2");
    int untitled = ids.ordinalOf("3");
    assertEquals(new TreeSet<>(List.of("Animation", "Children's", "Comedy")), of(items, 0, toy));
    assertEquals(new TreeSet<>(), of(items, 0, heat));
    assertEquals(new TreeSet<>(List.of("toy", "story")), of(items, 1, toy));
    assertEquals(new TreeSet<>(List.of("1990")), of(items, 2, toy));
    assertEquals(new TreeSet<>(List.of("1980")), of(items, 2, heat));
    assertEquals(new TreeSet<>(), of(items, 2, untitled));
    assertEquals(new TreeSet<>(List.of("Toy Story")), of(items, 3, toy));
    assertEquals(81.5f, items.number(4, toy));
    assertTrue(Float.isNaN(items.number(4, untitled)));
    assertEquals(new TreeSet<>(List.of("60")), of(items, 5, toy));
    assertEquals(new TreeSet<>(List.of("-60")), of(items, 5, heat));
  }

  private static TreeSet<String> of(Catalogue catalogue, int field, int ordinal) {
    TreeSet<String> values = new TreeSet<>();
    for (int i = catalogue.valueStart(field, ordinal);
        i < catalogue.valueEnd(field, ordinal);
        i++) {
      values.add(catalogue.vocabulary(field).idOf(catalogue.value(i)));
    }
    return values;
  }

  @Test
  void anIdWithBlanksAroundItIsThatOfTheLog() throws IOException {
    Ids ids = new Ids();
    int known = ids.add("i 1");
    CatalogueReader.Result result =
        CatalogueReader.read(
            TableSource.of(file("items.csv", "id,name\n\" i 1 \",a\n")),
            "id",
            List.of(FieldSpec.single("name", "name")),
            ids);
    assertEquals(1, ids.size());
    assertTrue(result.catalogue().contains(known));
    assertEquals(
        "1 ids had blanks around them, which were left out: an id has none; first,"
            + " 'i 1' in line 2",
        result.report().notes().getLast().text());
  }

  @Test
  void repeatedIdsAndBadNumbersAreBadRowsOfACatalogue() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 50; i++) {
      text.append("{\"id\":" + i + ",\"tags\":[\"t" + i % 5 + "\",\"all\"],\"price\":" + i + "}\n");
    }
    text.append("{\"id\":7,\"tags\":[\"late\"],\"price\":1}\n");
    text.append("{\"id\":70,\"tags\":[\"late\"],\"price\":\"dear\"}\n");
    text.append("{\"tags\":[\"late\"]}\n");
    CatalogueReader.Result result =
        CatalogueReader.read(
            TableSource.of(file("items.jsonl", text.toString())),
            "id",
            List.of(FieldSpec.multi("tags", "tags", ","), FieldSpec.numeric("price", "price")),
            new Ids());
    assertEquals(
        List.of(
            "line 51: column 'id' repeats the id '7'; the first row counts",
            "line 52: column 'price' is 'dear', not a number",
            "line 53: column 'id' holds no id"),
        result.report().badRowSamples().stream().map(Object::toString).toList());
    Catalogue items = result.catalogue();
    assertEquals(50, items.size());
    assertEquals(new TreeSet<>(List.of("t2", "all")), of(items, 0, items.ids().ordinalOf("7")));
    assertEquals(6, items.vocabulary(0).size());
    assertEquals(-1, items.ids().ordinalOf("70"));
  }
}
