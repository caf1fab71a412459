package dev.kindred.app.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.Run;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SoakTest {
  @TempDir Path directory;

  @Test
  void aShortSoakSwapsAndChangesWithoutAFault() throws IOException {
    Path snapshot = new TinyWorld().write(directory.resolve("snapshot"));
    Run run =
        Run.kindred(
            "bench",
            "soak",
            "--model",
            snapshot.toString(),
            "--minutes",
            "0.025",
            "--rate",
            "100",
            "--slice",
            "0.5",
            "--swap-millis",
            "50",
            "--json");
    assertEquals(0, run.exitCode(), run.err() + run.out());
    assertTrue(run.err().contains("too few slices to tell"), run.err());
    assertEquals(4, run.lines().size(), run.out());
    assertTrue(run.lines().getLast().contains("\"errors\":0"), run.out());
    assertTrue(!run.lines().getLast().contains("\"swaps\":0"), run.out());
  }

  @Test
  void whatGrowsIsNamedAndNoiseIsNot() {
    assertEquals(List.of(), SoakVerdict.of(series(i -> 50 + i % 5, i -> 30, 0)).complaints());
    List<String> leak = SoakVerdict.of(series(i -> 50 + 2 * i, i -> 30, 0)).complaints();
    assertEquals(1, leak.size(), leak.toString());
    assertTrue(leak.getFirst().startsWith("heap, MB grew from"), leak.toString());
    List<String> threads = SoakVerdict.of(series(i -> 50, i -> 30 + i, 0)).complaints();
    assertTrue(threads.getFirst().startsWith("threads grew from"), threads.toString());
    List<String> errors = SoakVerdict.of(series(i -> 50, i -> 30, 1)).complaints();
    assertEquals(List.of("30 requests or changes failed"), errors);
  }

  private static List<SoakSlice> series(
      IntToDoubleFunction heap, IntToDoubleFunction threads, long errors) {
    List<SoakSlice> slices = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      slices.add(
          new SoakSlice(
              i,
              100,
              errors,
              Map.of(200, 100L),
              1,
              2,
              3,
              4,
              5,
              i,
              i,
              heap.applyAsDouble(i),
              100,
              10,
              8,
              (int) threads.applyAsDouble(i),
              40));
    }
    return slices;
  }
}
