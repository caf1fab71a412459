package dev.kindred.app.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.tower.TowerOptions;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/configuration.md and the examples are read by the code that they describe. */
final class ConfigurationDocTest {
  private static final Path DOCS =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("../docs").normalize();

  @TempDir Path directory;

  @Test
  void theDocumentedDefaultsAreTheDefaults() throws IOException {
    List<String> blocks = blocks();
    String stages = blocks.getLast();
    String minimal = blocks.getFirst();
    TrainConfig config =
        read(
            stages.substring(0, stages.indexOf("[content]"))
                + minimal
                + stages.substring(stages.indexOf("[content]")));
    String[] defaults = PipelineOptions.defaults().toString().split(", ");
    String[] documented = config.options().toString().split(", ");
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < Math.min(defaults.length, documented.length); i++) {
      if (!defaults[i].equals(documented[i])) {
        differences.add("docs/configuration.md says " + documented[i] + ", it is " + defaults[i]);
      }
    }
    assertEquals(List.of(), differences);
    assertEquals(PipelineOptions.defaults(), config.options());
  }

  @Test
  void everyOptionOfEveryStageIsDocumented() throws IOException {
    String stages = blocks().getLast();
    for (Class<?> options :
        List.of(
            ContentOptions.class, CoordinateOptions.class, AlsOptions.class, TowerOptions.class)) {
      for (RecordComponent component : options.getRecordComponents()) {
        String key = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        if (options == TowerOptions.class && key.equals("popularity")) {
          // Pipelines compare items with items, which popularity must not tell.
          assertFalse(stages.contains("\npopularity = "));
          continue;
        }
        assertTrue(stages.contains("\n" + key + " = "), options.getSimpleName() + ": " + key);
      }
    }
  }

  @Test
  void everyBlockTogetherIsAValidFile() throws IOException {
    List<String> blocks = blocks();
    TrainConfig config = read(blocks.get(1) + blocks.get(2) + blocks.get(3));
    assertEquals("watch", config.objectives().getFirst().name());
    assertEquals(3, config.items().orElseThrow().fields().size());
  }

  @Test
  void theExamplesAreValid() throws IOException {
    try (Stream<Path> examples = Files.list(DOCS.resolve("examples"))) {
      List<Path> files = examples.filter(file -> file.toString().endsWith(".toml")).toList();
      assertTrue(files.size() >= 2, files.toString());
      for (Path file : files) {
        assertTrue(!TrainConfig.read(file, false).objectives().isEmpty(), file.toString());
      }
    }
  }

  private TrainConfig read(String text) throws IOException {
    return TrainConfig.read(Files.writeString(directory.resolve("site.toml"), text), false);
  }

  private static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    String[] parts = Files.readString(DOCS.resolve("configuration.md")).split("```");
    for (int i = 1; i < parts.length; i += 2) {
      blocks.add(parts[i].substring("toml".length()));
    }
    return blocks;
  }
}
