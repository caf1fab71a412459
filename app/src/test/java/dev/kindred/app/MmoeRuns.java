package dev.kindred.app;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.config.MmoeSpec;
import dev.kindred.engine.data.InputException;
import dev.kindred.index.run.Draws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs of {@code mmoe} on a table of shown lists, written anew for each test. */
abstract class MmoeRuns {
  static final String SPEC =
      """
      [table]
      file = "shown.csv"

      [inputs]
      categorical = ["list"]
      ids = ["item"]
      hashed = ["color"]
      buckets = 8
      multi = ["tags"]
      numeric = ["price"]
      relative = ["price"]
      group = "list"

      [bias]
      categorical = ["place"]

      [[tasks]]
      name = "click"

      [[tasks]]
      name = "bought"
      column = "outcome"
      positive = "yes"
      weight = 0.5

      [[tasks]]
      name = "seconds"
      kind = "regression"

      [lists]
      group = "list"
      position = "place"
      task = "click"

      [split]
      by = "column"
      column = "list"

      [network]
      experts = 2
      hidden = [8]
      tower-hidden = []
      embedding-dim = 4
      unknown-ids = 0.2
      batch = 128
      learning-rate = 0.01
      epochs = 3
      """;

  @TempDir Path directory;
  Path spec;

  /** Lists of five items; good ones are clicked where they are seen. */
  @BeforeEach
  void writeTable() throws IOException {
    Draws draws = Draws.of(3, "shown");
    List<String> lines = new ArrayList<>();
    lines.add("list,place,item,color,tags,price,click,outcome,seconds");
    for (int list = 0; list < 400; list++) {
      for (int place = 1; place <= 5; place++) {
        int item = draws.nextInt(20);
        boolean click = draws.nextDouble() < (0.1 + 0.8 * item / 20) / place;
        lines.add(
            "%d,%d,i%d,c%d,t%d|t%d,%d,%d,%s,%s"
                .formatted(
                    list,
                    place,
                    item,
                    item % 3,
                    item % 4,
                    item % 5,
                    100 + item,
                    click ? 1 : 0,
                    click && draws.nextDouble() < 0.5 ? "yes" : "no",
                    click ? 10 + item : ""));
      }
    }
    Files.write(directory.resolve("shown.csv"), lines);
    spec = Files.writeString(directory.resolve("spec.toml"), SPEC);
  }

  /** {@code mmoe --spec spec --quiet} and more. */
  Run run(String... more) {
    List<String> arguments = new ArrayList<>(List.of("mmoe", "--spec", spec.toString(), "--quiet"));
    arguments.addAll(List.of(more));
    return Run.kindred(arguments.toArray(String[]::new));
  }

  /** A specification in which a part is changed is refused with a message that has this in it. */
  void assertRefused(String part, String changed, String message) throws IOException {
    assertTrue(SPEC.contains(part), part);
    Files.writeString(spec, SPEC.replace(part, changed));
    InputException e =
        assertThrows(InputException.class, () -> MmoeSpec.read(spec, Optional.empty()), changed);
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
