package dev.kindred.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.AlsTuner.Trial;
import dev.kindred.engine.als.AlsTunerOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Interactions;
import dev.kindred.index.file.CorruptFileException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Trials of a search in a file of JSON lines: the first says what they belong to, each other one is
 * a trial. A last line that was cut off, as by a crash, is dropped; any other line that can't be
 * read is an error, for the trials behind it may have taken hours. Without a path nothing is kept.
 */
final class TrialLog implements AutoCloseable {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** What trials depend on beside their own options. */
  record Header(
      String kind,
      long dataChecksum,
      AlsOptions base,
      int scoutRank,
      int k,
      double validationShare,
      int validationUsers,
      long seed) {}

  private final List<Trial> trials;
  private final BufferedWriter writer; // null without a path

  private TrialLog(List<Trial> trials, BufferedWriter writer) {
    this.trials = trials;
    this.writer = writer;
  }

  /**
   * Opens a log to go on with, or starts one.
   *
   * @throws InputException if the file belongs to another search
   * @throws CorruptFileException if a line can't be read, unless it is the last one and lacks its
   *     end; the file stays as it is
   */
  static TrialLog open(Path path, Interactions data, AlsTunerOptions options) throws IOException {
    if (path == null) {
      return new TrialLog(List.of(), null);
    }
    Header header =
        new Header(
            "als",
            checksum(data),
            options.base(),
            options.scoutRank(),
            options.k(),
            options.validationShare(),
            options.validationUsers(),
            options.seed());
    List<Trial> trials = new ArrayList<>();
    String kept = MAPPER.writeValueAsString(header) + '\n';
    if (!Files.exists(path) || Files.size(path) == 0) {
      Files.writeString(path, kept);
    } else {
      // Bytes that are no UTF-8 become signs that no line may have, so their line is told.
      String text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
      List<String> lines = new ArrayList<>(text.lines().toList());
      checkHeader(path, lines.getFirst(), header);
      if (lines.size() > 1 && !text.endsWith("\n") && !isJson(lines.getLast())) {
        lines.removeLast();
      }
      for (String line : lines.subList(1, lines.size())) {
        trials.add(trial(path, line, trials.size()));
      }
      kept = String.join("\n", lines) + '\n';
      // A line that was cut off must not be gone on with; until that is mended the old file stays.
      if (!text.equals(kept)) {
        Path mended = path.resolveSibling(path.getFileName() + ".tmp");
        Files.writeString(mended, kept);
        Files.move(mended, path, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return new TrialLog(trials, Files.newBufferedWriter(path, StandardOpenOption.APPEND));
  }

  /** The trials that the file held when it was opened. */
  List<Trial> trials() {
    return trials;
  }

  /** Adds a trial and hands it to the system. */
  void append(Trial trial) {
    if (writer == null) {
      return;
    }
    try {
      writer.write(MAPPER.writeValueAsString(trial));
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }

  private static void checkHeader(Path path, String line, Header expected) {
    Header header;
    try {
      header = MAPPER.readValue(line, Header.class);
    } catch (JsonProcessingException e) {
      throw new CorruptFileException(
          path,
          -1,
          "its first line is damaged, so nobody can tell which search its trials belong to; restore"
              + " the file, or give another --log");
    }
    if (!expected.equals(header)) {
      throw new InputException(
          path + ": belongs to a search over other data or options; give another --log");
    }
  }

  /** The trial of a line, which must be trial {@code number} and have a score that can be. */
  private static Trial trial(Path path, String line, int number) {
    Trial trial;
    try {
      trial = MAPPER.readValue(line, Trial.class);
    } catch (JsonProcessingException e) {
      throw damaged(path, number, "can't be read as a trial");
    }
    if (trial == null) {
      throw damaged(path, number, "can't be read as a trial");
    }
    if (trial.number() != number) {
      throw damaged(path, number, "has trial " + trial.number() + ", must have trial " + number);
    }
    checkShare(path, number, "recall", trial.recall());
    checkShare(path, number, "ndcg", trial.ndcg());
    if (!(trial.seconds() >= 0 && Double.isFinite(trial.seconds()))) {
      throw damaged(
          path, number, "has seconds " + trial.seconds() + ", must be finite and at least 0");
    }
    return trial;
  }

  private static void checkShare(Path path, int number, String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw damaged(path, number, "has " + name + " " + value + ", must be from 0 to 1");
    }
  }

  private static CorruptFileException damaged(Path path, int number, String fault) {
    return new CorruptFileException(
        path,
        -1,
        "line "
            + (number + 2)
            + " "
            + fault
            + "; restore it, cut the file before it, or give another --log");
  }

  private static boolean isJson(String line) {
    try {
      return MAPPER.readTree(line).isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static long checksum(Interactions data) {
    CRC32C crc = new CRC32C();
    byte[] bytes = new byte[8];
    for (int row = 0; row < data.rows(); row++) {
      for (long i = data.start(row); i < data.end(row); i++) {
        long entry =
            (long) data.column(i) << 32 | (Float.floatToIntBits(data.value(i)) ^ row) & 0xFFFFFFFFL;
        for (int b = 0; b < 8; b++) {
          bytes[b] = (byte) (entry >>> 8 * b);
        }
        crc.update(bytes);
      }
    }
    return crc.getValue();
  }
}
