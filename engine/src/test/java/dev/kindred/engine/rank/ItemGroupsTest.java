package dev.kindred.engine.rank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemGroupsTest {
  private static final int BODY = 4096;
  private static final int[] TOPICS = {2, 0, 1, 11};

  @TempDir Path directory;

  private static ItemGroups groups() {
    Ids ids = new Ids();
    for (int item = 0; item < TOPICS.length; item++) {
      ids.add("i" + item);
    }
    Catalogue.Builder profiles =
        Catalogue.builder(
            ids, List.of(FieldSpec.multi("topic", "t", "|"), FieldSpec.single("show", "s")));
    for (int item = 0; item < TOPICS.length; item++) {
      for (int t = 0; t < TOPICS[item]; t++) {
        profiles.value(0, item, "t" + (item + t));
      }
      if (item != 2) {
        profiles.value(1, item, "s" + item % 2);
      }
    }
    profiles.row(TOPICS.length - 1);
    float[] popularity = {0.5f, 0, 0.25f, 0.125f};
    return ItemGroups.of(profiles.build(), 4, "topic", "show", new int[] {0, 2}, popularity);
  }

  private static String text(ItemGroups groups) {
    List<Object> all = new ArrayList<>();
    for (int item = 0; item < groups.size(); item++) {
      for (int t = 0; t < groups.topics(item); t++) {
        all.add(groups.topic(item, t));
      }
      all.add("s" + groups.series(item));
      all.add(groups.popularity(item));
    }
    for (int rank = 0; rank < groups.popular(); rank++) {
      all.add("p" + groups.popular(rank));
    }
    return all.toString();
  }

  private ItemGroups open(Path file, Arena arena) throws IOException {
    return ItemGroups.open(file, MemoryMode.MAPPED, arena);
  }

  @Test
  void aWrittenFileReadsBackTheSame() throws IOException {
    ItemGroups groups = groups();
    Path file = directory.resolve("groups.kgroup");
    groups.write(file);
    assertEquals(2, groups.topics(0));
    assertEquals(ItemGroups.MOST_TOPICS, groups.topics(3), "the rest is left out");
    assertEquals(-1, groups.series(2));
    assertEquals(groups.series(1), groups.series(3));
    assertEquals(groups.topic(0, 1), groups.topic(0, 0) + 1);
    assertEquals(0.25f, groups.popularity(2));
    try (Arena arena = Arena.ofConfined()) {
      ItemGroups read = open(file, arena);
      read.verify();
      assertEquals(text(groups), text(read));
      int[] all = {0, 1, 2, 3};
      assertEquals(groups.touch(all, 0, 4), read.touch(all, 0, 4));
    }
  }

  @Test
  void aDamagedFileIsReportedOrGivesNoMoreThanTheMost() throws IOException {
    Path file = directory.resolve("damaged");
    groups().write(file);
    byte[] sound = Files.readAllBytes(file);
    byte[] bytes = sound.clone();
    bytes[BODY + 8 + 3] = -1; // a negative number of topics
    bytes[BODY + 64 + 8] = 9; // too many
    bytes[BODY + 4 * 64 + 2] = 1; // a popular item that isn't there
    Files.write(file, bytes);
    try (Arena arena = Arena.ofConfined()) {
      ItemGroups read = open(file, arena);
      assertEquals(0, read.topics(0));
      assertEquals(ItemGroups.MOST_TOPICS, read.topics(1));
      assertThrows(CorruptFileException.class, () -> read.popular(0));
      assertThrows(CorruptFileException.class, read::verify);
    }
    Files.write(file, Arrays.copyOf(sound, sound.length - 8));
    try (Arena arena = Arena.ofConfined()) {
      assertThrows(CorruptFileException.class, () -> open(file, arena));
    }
    for (int version : new int[] {2, 3}) {
      try (CheckedFileWriter out = CheckedFileWriter.create(file, ItemGroups.KIND, version)) {
        out.writeFloats(new float[17], 0, 17);
        out.count(0, 1);
        out.count(1, 2); // where there is one
        out.commit();
      }
      try (Arena arena = Arena.ofConfined()) {
        Exception e = assertThrows(CorruptFileException.class, () -> open(file, arena));
        String expected = version == 3 ? "don't fit the body" : "version";
        assertTrue(e.getMessage().contains(expected), e.getMessage());
      }
    }
  }
}
