package dev.kindred.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.content.SharedValue;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileTableTest {
  @TempDir Path directory;

  @Test
  void valuesComeBackByField() throws IOException {
    Ids ids = Ids.of(List.of("a", "b", "c", "d"));
    Catalogue catalogue =
        Catalogue.builder(
                ids,
                List.of(
                    FieldSpec.single("type", "type"),
                    FieldSpec.numeric("year", "year"),
                    FieldSpec.multi("actors", "actors", "|")))
            .value(0, 0, "film")
            .value(0, 1, "film")
            .value(0, 2, "série")
            .number(1, 0, 1999)
            .value(2, 0, "Ann")
            .value(2, 0, "Bob")
            .value(2, 1, "Cid")
            .value(2, 1, "Bob")
            .build();
    Path file = directory.resolve("profile.kprof");
    ProfileTable.write(file, catalogue, ids.size());
    try (Arena arena = Arena.ofConfined()) {
      ProfileTable table = ProfileTable.open(file, arena);
      assertEquals(4, table.size());
      assertEquals(List.of("type", "actors", "year"), table.fields());
      assertEquals(
          Map.of("type", List.of("film"), "actors", List.of("Ann", "Bob"), "year", List.of("1999")),
          table.valuesOf(0));
      assertEquals(Map.of("type", List.of("série")), table.valuesOf(2));
      assertEquals(Map.of(), table.valuesOf(3));
      for (int item = 0; item < table.items(); item++) {
        Map<String, List<String>> whole = table.valuesOf(item);
        for (int field = 0; field < table.fields().size(); field++) {
          String name = table.fields().get(field);
          assertEquals(whole.getOrDefault(name, List.of()), table.valuesOf(item, field), name);
        }
      }
      assertEquals(
          List.of(new SharedValue("type", "film"), new SharedValue("actors", "Bob")),
          table.shared(0, 1));
      assertEquals(table.shared(0, 1), table.shared(1, 0));
      assertEquals(List.of(), table.shared(1, 2));
      assertEquals(1999, table.number(0, 2));
      assertTrue(Float.isNaN(table.number(1, 2)) && Float.isNaN(table.number(0, 1)));
      assertTrue(table.isNumeric(2) && !table.isNumeric(1));
      int bob = table.valueOf(1, "Bob");
      assertTrue(table.has(0, 1, bob) && table.has(1, 1, bob) && !table.has(2, 1, bob));
      assertEquals(-1, table.valueOf(0, "Bob"), "a value of another field");
      assertEquals(-1, table.valueOf(1, "Bo"));
      assertEquals(table.valueEnd(3, 1), table.valueStart(3, 1));
      assertEquals((float) (2 / 3.0), table.cosine(0, 1));
      assertEquals(0, table.cosine(0, 3));
      assertThrows(IndexOutOfBoundsException.class, () -> table.valuesOf(4));
      assertThrows(IndexOutOfBoundsException.class, () -> table.valuesOf(-1));
    }
  }

  @Test
  void noItemsAndNoFieldsAreFine() throws IOException {
    Path file = directory.resolve("profile.kprof");
    ProfileTable.write(file, Catalogue.empty(Ids.of(List.of("a"))), 1);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(Map.of(), ProfileTable.open(file, arena).valuesOf(0));
    }
    ProfileTable.write(file, Catalogue.empty(new Ids()), 0);
    try (Arena arena = Arena.ofConfined()) {
      assertEquals(0, ProfileTable.open(file, arena).size());
    }
  }

  /** A body whose checksums are right but whose every number is wild, as an attacker writes it. */
  @Test
  void wildPositionsAreRefusedAndNeverFollowed() throws IOException {
    long[][] wild = {
      {0, 1, 0, 4, 4, 0, 0}, // as written below, sound
      {0, Long.MAX_VALUE, 0, 4, 4, 0, 0},
      {-1, 1, 0, 4, 4, 0, 0},
      {0, 1, 0, -5, 4, 0, 0},
      {0, 1, 0, 4, Long.MAX_VALUE, 0, 0},
      {0, 1, 3, 2, 1, 0, 0},
      {0, 1, 0, 4, 4, 0, 7},
      {0, 1, 0, 4, 4, 0, -7},
    };
    for (int w = 0; w < wild.length; w++) {
      Path file = directory.resolve("wild-" + w);
      long[] n = wild[w];
      try (CheckedFileWriter out = CheckedFileWriter.create(file, "kprof", 2)) {
        out.writeLong(n[0]);
        out.writeLong(n[1]);
        out.writeLong(n[2]);
        out.writeLong(n[3]);
        out.writeLong(n[4]);
        out.writeInt((int) n[5]);
        out.writeInt(1);
        out.writeInt((int) n[6]);
        out.writeBytes(new byte[] {'t', 'y', 'p', 'e'}, 0, 4);
        long[] counts = {1, 1, 1, 1, 4};
        for (int i = 0; i < counts.length; i++) {
          out.count(i, counts[i]);
        }
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        ProfileTable table = ProfileTable.open(file, arena);
        if (w == 0) {
          assertEquals(Map.of("type", List.of("")), table.valuesOf(0));
        } else {
          assertThrows(CorruptFileException.class, () -> table.valuesOf(0), "case " + w);
        }
      }
    }
  }

  @Test
  void countsThatDoNotFitTheBodyAreRefused() throws IOException {
    long[][] forged = {
      {Long.MAX_VALUE, 0, 0, 0, 0},
      {1, Long.MAX_VALUE, 0, 0, 0},
      {1, 0, Integer.MAX_VALUE, 0, 0},
      {1, 0, 0, Long.MAX_VALUE, 0},
      {1, 0, 0, 0, Long.MAX_VALUE},
      {2, 0, 0, 0, 0},
      {1, 0, 0, 0, 0, Long.MAX_VALUE},
      {1, 0, 0, 0, 0, 1},
    };
    for (long[] counts : forged) {
      Path file = directory.resolve("forged");
      try (CheckedFileWriter out = CheckedFileWriter.create(file, "kprof", 2)) {
        out.writeBytes(new byte[28], 0, 28);
        for (int i = 0; i < counts.length; i++) {
          out.count(i, counts[i]);
        }
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        assertThrows(CorruptFileException.class, () -> ProfileTable.open(file, arena));
      }
    }
  }
}
