package dev.kindred.app.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.als.AlsTuner.Trial;
import dev.kindred.engine.als.AlsTunerOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Interactions;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Trials of a search in a file of JSON lines: the first says what they belong to, each other one is
 * a trial. A last line that was cut off is dropped. Without a path nothing is kept.
 */
final class TrialLog implements AutoCloseable {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

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
    StringBuilder kept = new StringBuilder(MAPPER.writeValueAsString(header)).append('\n');
    if (!Files.exists(path) || Files.size(path) == 0) {
      Files.writeString(path, kept);
    } else {
      List<String> lines = Files.readAllLines(path);
      if (!header.equals(parse(lines.getFirst(), Header.class))) {
        throw new InputException(
            path + ": belongs to a search over other data or options; give another --log");
      }
      for (String line : lines.subList(1, lines.size())) {
        Trial trial = parse(line, Trial.class);
        if (trial == null || trial.number() != trials.size()) {
          break;
        }
        trials.add(trial);
        kept.append(line).append('\n');
      }
    }
    // A line that was cut off must not be gone on with; until that is mended the old file stays.
    if (!Files.readString(path).contentEquals(kept)) {
      Path mended = path.resolveSibling(path.getFileName() + ".tmp");
      Files.writeString(mended, kept);
      Files.move(mended, path, StandardCopyOption.ATOMIC_MOVE);
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

  private static <T> T parse(String line, Class<T> type) {
    try {
      return MAPPER.readValue(line, type);
    } catch (JsonProcessingException e) {
      return null;
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
