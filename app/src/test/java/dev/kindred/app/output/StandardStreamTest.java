package dev.kindred.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StandardStreamTest {
  @TempDir Path directory;

  @Test
  void whatIsWrittenArrivesAsUtf8() throws IOException {
    Path file = directory.resolve("out");
    try (FileOutputStream opened = new FileOutputStream(file.toFile())) {
      StandardStream stream = new StandardStream(opened.getFD());
      stream.writer().print("späť");
      stream.writer().flush();
      assertEquals(Optional.empty(), stream.failure());
    }
    assertEquals("späť", Files.readString(file, StandardCharsets.UTF_8));
  }

  @Test
  void aFullDiskIsAFailure() throws IOException {
    try (FileOutputStream full = new FileOutputStream("/dev/full")) {
      StandardStream stream = new StandardStream(full.getFD());
      stream.writer().print("result");
      stream.writer().flush();
      assertNotEquals("", stream.failure().orElse(""));
    }
  }

  @Test
  void aReaderThatLeavesIsNone() throws Exception {
    Path pipe = directory.resolve("pipe");
    Process reader =
        new ProcessBuilder(
                "bash",
                "-c",
                "mkfifo \"$1\"; echo made; exec true < \"$1\"",
                "bash",
                pipe.toString())
            .start();
    assertEquals("made", reader.inputReader().readLine());
    try (FileOutputStream left = new FileOutputStream(pipe.toFile())) { // waits for the reader
      reader.waitFor();
      StandardStream stream = new StandardStream(left.getFD());
      stream.writer().print("result");
      stream.writer().flush();
      assertTrue(stream.writer().checkError());
      assertEquals(Optional.empty(), stream.failure());
    }
  }
}
