package dev.kindred.app.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The log of events that came in over HTTP: JSON, one object a line, appended to one file that
 * training reads. A batch is written whole or not at all; what a crash tore is cut off when the log
 * is opened again, and a last line that lacks nothing but its end gets it. One process at a time,
 * which a lock on the file sees to; free to share by threads.
 */
public final class EventLog implements AutoCloseable {
  /** When what was appended is forced to the disk. */
  public enum Fsync {
    /** Before the reply: a reply means that a power cut loses nothing. */
    ALWAYS,
    /** Every so often: a power cut loses the last moments; a crash of the process nothing. */
    INTERVAL,
    /** When the system likes. */
    NEVER
  }

  /** Longer lines than any event has are no events. */
  private static final int MOST_LINE_BYTES = 1 << 20;

  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Path file;
  private final Fsync fsync;
  private final FileChannel channel;
  private final FileLock lock;
  private final long truncated;
  private final ScheduledExecutorService forcer;
  private final LongAdder forced = new LongAdder();
  private long size;
  private boolean dirty;
  private boolean closed;

  private EventLog(Path file, Fsync fsync, int fsyncMillis) throws IOException {
    this.file = file;
    this.fsync = fsync;
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock = lock();
      size = endOfLastLine();
      if (isWholeLine(size, channel.size())) {
        size = channel.size();
        append(new byte[] {'\n'});
      }
      truncated = channel.size() - size;
      if (truncated > 0) {
        channel.truncate(size);
        channel.force(true);
      }
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    if (fsync == Fsync.INTERVAL) {
      forcer =
          Executors.newSingleThreadScheduledExecutor(
              body -> {
                Thread thread = new Thread(body, "kindred-event-log");
                thread.setDaemon(true);
                return thread;
              });
      forcer.scheduleWithFixedDelay(
          this::forceIfDirty, fsyncMillis, fsyncMillis, TimeUnit.MILLISECONDS);
    } else {
      forcer = null;
    }
  }

  /**
   * Opens a log, or begins one, and cuts off what a crash left of a line.
   *
   * @param fsyncMillis between two forces, with {@link Fsync#INTERVAL}
   * @throws IOException if the file can't be made, or another process has it open
   */
  public static EventLog open(Path file, Fsync fsync, int fsyncMillis) throws IOException {
    return new EventLog(file, fsync, fsyncMillis);
  }

  /**
   * Appends whole lines.
   *
   * @param lines each ended by a line feed
   * @throws IOException if they can't be written, such as to a full disk; then none of them stays
   */
  public synchronized void append(byte[] lines) throws IOException {
    if (closed) {
      throw new IOException(file + ": the event log is closed");
    }
    try {
      ByteBuffer buffer = ByteBuffer.wrap(lines);
      long at = size;
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
      if (fsync == Fsync.ALWAYS) {
        channel.force(false);
        forced.increment();
      } else {
        dirty = true;
      }
      size = at;
    } catch (IOException e) {
      channel.truncate(size);
      throw e;
    }
  }

  public Path file() {
    return file;
  }

  /** Bytes of whole lines. */
  public synchronized long bytes() {
    return size;
  }

  /** Bytes of a torn line that were cut off at opening. */
  public long truncatedBytes() {
    return truncated;
  }

  /** Times that the file was forced to the disk. */
  public long forces() {
    return forced.sum();
  }

  /** Forces what is there and lets go of the file. */
  @Override
  public void close() throws IOException {
    if (forcer != null) {
      // Not interrupted: that would close the file under a force that runs.
      forcer.close();
    }
    synchronized (this) {
      if (!closed) {
        closed = true;
        try (channel) {
          channel.force(true);
          lock.release();
        }
      }
    }
  }

  private FileLock lock() throws IOException {
    FileLock found;
    try {
      found = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      found = null;
    }
    if (found == null) {
      throw new IOException(
          file + ": another server writes this event log; give each a file of its own");
    }
    return found;
  }

  private long endOfLastLine() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(64 * 1024);
    long end = channel.size();
    while (end > 0) {
      long start = Math.max(0, end - block.capacity());
      block.clear().limit((int) (end - start));
      while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
        // until the block is full
      }
      for (int i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return start + i + 1;
        }
      }
      end = start;
    }
    return 0;
  }

  /** Whether bytes of the file are one object: of an event, after which nothing but the end is. */
  private boolean isWholeLine(long from, long to) throws IOException {
    if (to - from > MOST_LINE_BYTES || to == from) {
      return false;
    }
    ByteBuffer line = ByteBuffer.allocate((int) (to - from));
    while (line.hasRemaining() && channel.read(line, from + line.position()) >= 0) {
      // until the line is full
    }
    try {
      JsonNode found = STRICT.readTree(line.array(), 0, line.position());
      return found != null && found.isObject();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private void forceIfDirty() {
    try {
      synchronized (this) {
        if (!dirty || closed) {
          return;
        }
        dirty = false;
      }
      // Outside the lock: appends go on meanwhile, and the next force takes them.
      channel.force(false);
      forced.increment();
    } catch (IOException e) {
      synchronized (this) {
        dirty = true;
      }
    }
  }
}
