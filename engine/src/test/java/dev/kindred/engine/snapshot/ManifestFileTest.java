package dev.kindred.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Note;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.fused.FusedIndex;
import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.related.ObjectiveWeights;
import dev.kindred.index.file.CorruptFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFileTest {
  private static final Manifest MANIFEST =
      new Manifest(
          new Provenance(
              "9.8.7",
              Instant.parse("2026-01-02T03:04:05.678Z"),
              "25.0.1+8",
              256,
              Long.MIN_VALUE,
              "d\"\\\n\u0000é",
              Map.of("als-click", "abc"),
              Map.of("rank", 30, "deep", Map.of("list", List.of(1, 2.5, true, "x")))),
          5,
          10,
          Merge.CALIBRATED,
          new ObjectiveWeights(
              List.of(
                  new ObjectiveWeight("click", Polarity.POSITIVE, 1, 0.1 + 0.2),
                  new ObjectiveWeight("dislike", Polarity.NEGATIVE, 0, 1)),
              true,
              "equal: the log spans 3 days"),
          List.of(
              new ChannelEntry(
                  "click",
                  Channel.Kind.LINEAR,
                  "linear-click.kvec",
                  3,
                  30,
                  4,
                  new Calibration(3.3f, -1e-30f, true, ""))),
          Optional.of(new FusedIndex.Description(31, true, List.of(30), List.of(0.875))),
          true,
          Map.of("auc", 0.75),
          List.of(Note.info("note 1"), Note.warning("note 2"), Note.info("note 3")),
          List.of(new FileEntry("linear-click.kvec", 1L << 40, 0xfedcba98)));

  @TempDir Path directory;

  @Test
  void manifestComesBackAsWritten() throws IOException {
    assertEquals(MANIFEST, read(ManifestFile.bytes(MANIFEST)));
  }

  @Test
  void everyFlippedByteIsNoticed() throws IOException {
    byte[] bytes = ManifestFile.bytes(MANIFEST);
    for (int i = 0; i < bytes.length; i++) {
      byte[] flipped = bytes.clone();
      flipped[i] ^= 1;
      int at = i;
      assertThrows(CorruptFileException.class, () -> read(flipped), () -> "byte " + at);
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] bytes = ManifestFile.bytes(MANIFEST);
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThrows(CorruptFileException.class, () -> read(cut));
    }
  }

  @Test
  void anotherVersionNamesBothAndTheRemedy() throws IOException {
    for (byte[] bytes :
        List.of(
            edited("\"formatVersion\" : 3", "\"formatVersion\" : 7"),
            "{\"formatVersion\": 7, \"libraryVersion\": \"9.8.7\"}"
                .getBytes(StandardCharsets.UTF_8))) {
      String message = assertThrows(CorruptFileException.class, () -> read(bytes)).getMessage();
      assertTrue(message.contains("has snapshot format 7"), message);
      assertTrue(message.contains("reads format 3; train it anew"), message);
      assertTrue(message.contains("9.8.7"), message);
    }
  }

  @Test
  void wildFieldsAreRefusedByName() throws IOException {
    String[][] edits = {
      {"\"linear-click.kvec\",\n    \"bytes\"", "\"../evil\",\n    \"bytes\"", "files[0].name"},
      {"\"linear-click.kvec\",\n    \"bytes\"", "\"/etc/passwd\",\n    \"bytes\"", "files[0].name"},
      {"\"linear-click.kvec\",\n    \"bytes\"", "\".hidden\",\n    \"bytes\"", "files[0].name"},
      {
        "\"linear-click.kvec\",\n    \"bytes\"",
        "\"manifest.json\",\n    \"bytes\"",
        "files[0].name"
      },
      {"\"file\" : \"linear-click.kvec\"", "\"file\" : \"other.kvec\"", "channels[0].file"},
      {"\"fedcba98\"", "\"fedcba9\"", "files[0].crc32c"},
      {"\"bytes\" : 1099511627776", "\"bytes\" : -1", "files[0].bytes"},
      {"\"bytes\" : 1099511627776", "\"bytes\" : 1e3", "files[0].bytes"},
      {"\"bytes\" : 1099511627776", "\"bytes\" : 99999999999999999999", "files[0].bytes"},
      {"\"items\" : 5", "\"items\" : 2147483647", "items"},
      {"\"items\" : 5", "\"items\" : null", "items"},
      {"\"dim\" : 30,\n    \"present\"", "\"dim\" : 0,\n    \"present\"", "channels[0].dim"},
      {"\"offset\" : 3", "\"offset\" : -1", "channels[0].offset"},
      {"\"reduced\" : true", "\"reduced\" : 1", "fused.reduced"},
      {"\"energy\" : 0.875", "\"energy\" : -1", "fused.channels[0].energy"},
      {"\"slope\" : 3.299999952316284", "\"slope\" : 1e999", "channels[0].slope"},
      {"\"slope\" : 3.299999952316284", "\"slope\" : \"NaN\"", "channels[0].slope"},
      {"\"slope\" : 3.299999952316284", "\"slope\" : 0.0", "channels[0].slope"},
      {"\"present\" : 4", "\"present\" : 6", "channels[0].present"},
      {"\"LINEAR\"", "\"CURVED\"", "channels[0].kind"},
      {"\"LINEAR\"", "\"PRIOR\"", "channels[0].dim"},
      {"\"objective\" : \"click\"", "\"objective\" : \"clack\"", "channels[0].objective"},
      {"\"POSITIVE\"", "\"UPWARDS\"", "objectives[0].polarity"},
      {"\"name\" : \"dislike\"", "\"name\" : \"click\"", "objectives[1].name"},
      {"\"manualWeight\" : 0.0", "\"manualWeight\" : -0.5", "objectives[1].manualWeight"},
      {"\"catalogue\" : true", "\"catalogue\" : 1", "catalogue"},
      {"2026-01-02T", "2026-13-02T", "created"},
      {"\"notes\" : [", "\"notes\" : [ 3, ", "notes"},
      {"\"warnings\" : [", "\"warnings\" : [ 3, ", "warnings"},
    };
    for (String[] edit : edits) {
      byte[] bytes = edited(edit[0], edit[1]);
      String message = assertThrows(CorruptFileException.class, () -> read(bytes)).getMessage();
      assertTrue(message.contains("'" + edit[2] + "'"), () -> edit[1] + " gave: " + message);
    }
  }

  @Test
  void hugeFileIsNotRead() throws IOException {
    Path file = directory.resolve("manifest.json");
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), 1L << 36);
    }
    assertThrows(CorruptFileException.class, () -> ManifestFile.read(file));
  }

  private Manifest read(byte[] bytes) throws IOException {
    return ManifestFile.read(Files.write(directory.resolve("manifest.json"), bytes));
  }

  /** The manifest with one text replaced and the checksum made right again. */
  private static byte[] edited(String from, String to) throws IOException {
    String text = new String(ManifestFile.bytes(MANIFEST), StandardCharsets.UTF_8);
    assertTrue(text.contains(from), () -> from + " is not in " + text);
    String changed = text.replace(from, to);
    int end = changed.lastIndexOf(",\n  \"manifestCrc32c\"");
    byte[] body = changed.substring(0, end).getBytes(StandardCharsets.UTF_8);
    CRC32C crc = new CRC32C();
    crc.update(body);
    return (new String(body, StandardCharsets.UTF_8)
            + ",\n  \"manifestCrc32c\" : \""
            + ManifestFile.hex((int) crc.getValue())
            + "\"\n}\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
