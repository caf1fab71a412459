package dev.kindred.index;

import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The directory of a {@link LiveIndex}: which files belong to its published state.
 *
 * <pre>
 * live.klive          the segments, which of their rows are removed, the first log
 * segment-N.kvec, .khnsw, .kids
 * changes-N.klog      changes since, in logs of rising numbers
 * lock                held while the index is open
 * </pre>
 *
 * <p>A state is published by the rename of {@code live.klive}; whatever it doesn't name is left
 * over from a merge that didn't end, or from the state before, and is deleted.
 */
final class LiveFiles {
  static final String KIND = "klive";
  static final int VERSION = 1;
  static final String PUBLISHED = "live.klive";
  static final String LOCK = "lock";

  private static final int DIM = 0;
  private static final int METRIC = 1;
  private static final int SEGMENTS = 2;
  private static final int FIRST_LOG = 3;
  private static final int NEXT_NUMBER = 4;

  /**
   * What is published.
   *
   * @param rows of each segment, those that are there
   * @param firstLog the first log whose changes aren't all in the segments
   * @param nextNumber above all numbers of segments
   */
  record State(
      int dim,
      Metric metric,
      LiveSegment[] segments,
      LiveRows[] rows,
      long firstLog,
      long nextNumber) {}

  private static final ChangeLog.Changes NO_CHANGES =
      new ChangeLog.Changes() {
        @Override
        public void put(String id, float[] vector) {}

        @Override
        public void remove(String id) {}
      };

  private LiveFiles() {}

  /** Replaces the published state; the old one stays readable until the rename. */
  static void publish(Path directory, State state) throws IOException {
    try (CheckedFileWriter out =
        CheckedFileWriter.create(directory.resolve(PUBLISHED), KIND, VERSION)) {
      out.count(DIM, state.dim());
      out.count(METRIC, state.metric().ordinal() + 1);
      out.count(SEGMENTS, state.segments().length);
      out.count(FIRST_LOG, state.firstLog());
      out.count(NEXT_NUMBER, state.nextNumber());
      for (int i = 0; i < state.segments().length; i++) {
        LiveSegment segment = state.segments()[i];
        LiveRows rows = state.rows()[i];
        out.writeLong(segment.number());
        out.writeLong(segment.size());
        for (int start = 0; start < segment.size(); start += Long.SIZE) {
          long word = 0;
          for (int row = start; row < Math.min(segment.size(), start + Long.SIZE); row++) {
            word |= rows.accepts(row) ? 0 : 1L << row;
          }
          out.writeLong(word);
        }
      }
      out.commit();
    }
  }

  /** Opens the published state. */
  static State open(Path directory) throws IOException {
    Path path = directory.resolve(PUBLISHED);
    try (Arena arena = Arena.ofConfined()) {
      CheckedFile file = CheckedFile.open(path, KIND, VERSION, arena);
      file.verify();
      MemorySegment body = file.body();
      long metric = file.count(METRIC);
      long segments = file.count(SEGMENTS);
      require(
          metric >= 1
              && metric <= Metric.values().length
              && file.count(DIM) >= 1
              && file.count(DIM) <= Embeddings.MAX_DIM
              && segments <= body.byteSize() / (2 * Long.BYTES),
          path,
          "states metric " + metric + ", dim " + file.count(DIM) + ", " + segments + " segments");
      LiveSegment[] opened = new LiveSegment[(int) segments];
      LiveRows[] rows = new LiveRows[(int) segments];
      long at = 0;
      for (int i = 0; i < segments; i++) {
        require(at + 2 * Long.BYTES <= body.byteSize(), path, "ends early");
        opened[i] = LiveSegment.open(directory, body.get(LittleEndian.LONG, at));
        int size = opened[i].size();
        long words = (size + 63L) / Long.SIZE;
        require(
            size == body.get(LittleEndian.LONG, at + Long.BYTES)
                && size == opened[i].ids().size()
                && opened[i].rows().dim() == file.count(DIM)
                && at + (2 + words) * Long.BYTES <= body.byteSize(),
            path,
            "doesn't fit segment " + opened[i].number());
        long start = at + 2 * Long.BYTES;
        OrdinalFilter removed =
            row -> {
              long word = body.get(LittleEndian.LONG, start + (long) (row >>> 6) * Long.BYTES);
              return (word & 1L << row) != 0;
            };
        rows[i] = LiveRows.all(size).without(removed);
        at = start + words * Long.BYTES;
      }
      return new State(
          (int) file.count(DIM),
          Metric.values()[(int) metric - 1],
          opened,
          rows,
          file.count(FIRST_LOG),
          file.count(NEXT_NUMBER));
    }
  }

  /** Compares the checksums of all files of the published state and of the logs behind it. */
  static void verify(Path directory) throws IOException {
    State state = open(directory);
    for (LiveSegment segment : state.segments()) {
      long number = segment.number();
      try (Arena arena = Arena.ofShared()) {
        EmbeddingFile.open(LiveSegment.vectors(directory, number), arena).verify();
        Hnsw.verify(LiveSegment.graph(directory, number));
        IdTable.open(LiveSegment.ids(directory, number), arena).verify();
      }
    }
    long log = state.firstLog();
    while (Files.exists(ChangeLog.path(directory, log))) {
      boolean last = !Files.exists(ChangeLog.path(directory, log + 1));
      ChangeLog.replay(ChangeLog.path(directory, log), log, state.dim(), last, NO_CHANGES);
      log++;
    }
  }

  /** Deletes what neither the state nor a log from its first on needs. */
  static void sweep(Path directory, LiveSegment[] segments, long firstLog) throws IOException {
    Set<String> kept = new HashSet<>();
    for (LiveSegment segment : segments) {
      for (Path file : LiveSegment.files(directory, segment.number())) {
        kept.add(file.getFileName().toString());
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        boolean leftOver =
            name.startsWith("segment-") && !kept.contains(name)
                || name.startsWith(".") && name.endsWith(".tmp")
                || name.matches("changes-\\d{1,18}\\.klog")
                    && Long.parseLong(name.substring(8, name.length() - 5)) < firstLog;
        if (leftOver) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static void require(boolean holds, Path path, String fault) {
    if (!holds) {
      throw new CorruptFileException(
          path, -1, fault + "; restore the directory from a good copy or build it again");
    }
  }
}
