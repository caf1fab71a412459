package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentGateTest {
  @TempDir Path directory;

  /** The values of an item, numbered field by field as profile tables number them. */
  private static int[] values(Catalogue catalogue, int item) {
    IntStream.Builder values = IntStream.builder();
    int before = 0;
    for (int f = 0; f < catalogue.fields().size(); f++) {
      if (catalogue.fields().get(f).kind() == FieldSpec.Kind.NUMERIC) {
        continue;
      }
      for (int at = catalogue.valueStart(f, item); at < catalogue.valueEnd(f, item); at++) {
        values.add(before + catalogue.value(at));
      }
      before += catalogue.vocabulary(f).size();
    }
    return values.build().toArray();
  }

  @Test
  void whatANewProfileFindsIsWhatTheJoinFoundForAnItemLikeIt() throws IOException {
    Catalogue catalogue = ContentCandidatesTest.world(600, 4);
    for (ContentOptions options :
        new ContentOptions[] {
          ContentOptions.defaults(),
          ContentOptions.paper(),
          ContentOptions.defaults().withBackOff(3, 0.2, 0.1).withMaxPerItem(20)
        }) {
      Path file = directory.resolve("gate" + options.hashCode());
      ContentGate.write(file, catalogue, options);
      try (Arena arena = Arena.ofConfined();
          Workers workers = Workers.of(1)) {
        ContentGate gate = ContentGate.open(file, arena);
        gate.verify();
        CandidateLists lists = ContentCandidates.join(catalogue, options, workers, Progress.none());
        GateSearch search = gate.newSearch();
        int compared = 0;
        for (int item = 0; item < gate.items(); item++) {
          ProfileVector vector = gate.vector(values(catalogue, item));
          assertEquals(gate.hasProfile(item), !vector.isEmpty());
          BestItems found = search.candidates(vector);
          // The item itself is found too, and so fills a place that the join gives to others.
          for (long at = lists.start(item); at < lists.end(item); at++) {
            assertEquals(lists.similarity(at), gate.cosine(item, lists.item(at)));
            assertEquals(lists.similarity(at), gate.cosine(vector, lists.item(at)));
          }
          float last = found.size() == 0 ? 2 : found.score(found.size() - 1);
          int expected = 0;
          for (long at = lists.start(item); at < lists.end(item); at++) {
            expected += lists.similarity(at) > last ? 1 : 0;
          }
          int better = 0;
          for (int i = 0; i < found.size(); i++) {
            if (found.item(i) != item && found.score(i) > last) {
              assertTrue(lists.find(item, found.item(i)) >= 0, "item " + item);
              better++;
            }
          }
          assertEquals(expected, better, "item " + item);
          compared += better;
        }
        assertTrue(compared > 100, "compared " + compared);
      }
    }
  }

  @Test
  void aProfileOfUnknownValuesIsLikeNothing() throws IOException {
    Catalogue catalogue = ContentCandidatesTest.world(100, 2);
    Path file = directory.resolve("gate");
    ContentGate.write(file, catalogue, ContentOptions.defaults());
    try (Arena arena = Arena.ofConfined()) {
      ContentGate gate = ContentGate.open(file, arena);
      ProfileVector nothing = gate.vector(new int[0]);
      assertTrue(nothing.isEmpty());
      assertEquals(0, gate.newSearch().candidates(nothing).size());
      assertEquals(0, gate.cosine(nothing, 3));
      assertEquals(0, nothing.cosine(nothing));
      ProfileVector some = gate.vector(values(catalogue, 3));
      assertFalse(some.isEmpty());
      assertEquals(1, some.cosine(some), 1e-6);
      assertThrows(IndexOutOfBoundsException.class, () -> gate.vector(new int[] {gate.values()}));
    }
  }

  @Test
  void damagedBodiesNeverReadOutOfBounds() throws IOException {
    Catalogue catalogue = ContentCandidatesTest.world(80, 6);
    Path file = directory.resolve("gate");
    ContentGate.write(file, catalogue, ContentOptions.defaults());
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(5);
    for (int round = 0; round < 150; round++) {
      byte[] damaged = sound.clone();
      for (int i = 0; i < 1 + round; i++) {
        damaged[4096 + random.nextInt(sound.length - 4096 - 4)] = (byte) random.nextInt();
      }
      try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
        open.write(damaged);
      }
      try (Arena arena = Arena.ofConfined()) {
        ContentGate gate;
        try {
          gate = ContentGate.open(file, arena);
        } catch (CorruptFileException e) {
          continue; // its options are checked at once
        }
        for (int item = 0; item < gate.items(); item++) {
          try {
            gate.cosine(item, (item + 1) % gate.items());
            gate.newSearch().candidates(gate.vector(values(catalogue, item)));
          } catch (CorruptFileException | IndexOutOfBoundsException e) {
            assertFalse(e.getMessage().isEmpty());
          }
        }
      }
    }
  }
}
