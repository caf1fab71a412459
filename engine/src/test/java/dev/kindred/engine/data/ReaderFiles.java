package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** What tests of readers share: files of a given text, and how a refusal reads. */
abstract class ReaderFiles {
  static final Objective ANY = Objective.positive("click", LabelRule.everyRow());

  @TempDir Path directory;

  /** Writes a file, compressed if its name says so. */
  final Path file(String name, String text) throws IOException {
    return file(name, text, StandardCharsets.UTF_8);
  }

  final Path file(String name, String text, Charset charset) throws IOException {
    Path file = directory.resolve(name);
    if (name.endsWith(".gz")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (OutputStream gzip = new GZIPOutputStream(bytes)) {
        gzip.write(text.getBytes(charset));
      }
      return Files.write(file, bytes.toByteArray());
    }
    return Files.writeString(file, text, charset);
  }

  /** Reads a log with new ids and the usual limits. */
  static EventLog.Result read(TableSource source, EventColumns columns, Objective... objectives) {
    return EventLog.read(
        source, columns, List.of(objectives), new Ids(), new Ids(), ReadLimits.defaults());
  }

  /** That the input is refused in one line that says a part. */
  static void assertRefused(String part, Runnable reading) {
    InputException e = assertThrows(InputException.class, reading::run);
    assertTrue(e.getMessage().contains(part), () -> "'" + part + "' not in: " + e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
  }
}
