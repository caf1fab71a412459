package dev.kindred.engine.related;

import dev.kindred.simd.CacheLines;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where the rows of several channels lie, so that those of some items can be brought into the cache
 * before they are used.
 *
 * <p>Rows of random items come from memory, at about 100 ns each. Reading one value of every cache
 * line ahead, with nothing waiting for the values, lets as many of these reads run at once as the
 * processor can. Where all channels of an item lie side by side it is one run of lines. Immutable;
 * may be shared by threads.
 */
final class ChannelRows {
  private final MemorySegment[] runs;
  private final long[] strides;
  private final long[] lengths;

  private ChannelRows(MemorySegment[] runs, long[] strides, long[] lengths) {
    this.runs = runs;
    this.strides = strides;
    this.lengths = lengths;
  }

  /** The rows of all channels; those that are parts of the rows of one matrix make one run. */
  static ChannelRows of(List<Channel> channels) {
    List<Channel> sorted = new ArrayList<>(channels);
    sorted.sort(Comparator.comparingLong(channel -> channel.rows().address()));
    List<Channel> starts = new ArrayList<>();
    List<Long> lengths = new ArrayList<>();
    for (Channel channel : sorted) {
      Channel start = starts.isEmpty() ? null : starts.getLast();
      long length =
          start == null ? 0 : channel.rows().address() - start.rows().address() + bytes(channel);
      boolean beside =
          start != null
              && start.rows().isNative()
              && channel.rows().isNative()
              && start.strideBytes() == channel.strideBytes()
              && length <= start.strideBytes();
      if (beside) {
        lengths.set(lengths.size() - 1, Math.max(lengths.getLast(), length));
      } else {
        starts.add(channel);
        lengths.add(bytes(channel));
      }
    }
    return new ChannelRows(
        starts.stream().map(Channel::rows).toArray(MemorySegment[]::new),
        starts.stream().mapToLong(Channel::strideBytes).toArray(),
        lengths.stream().mapToLong(Long::longValue).toArray());
  }

  private static long bytes(Channel channel) {
    return (long) channel.dim() * Float.BYTES;
  }

  /** Reads every line of the rows of targets[from, to); what comes out means nothing. */
  int touch(int[] targets, int from, int to) {
    int sum = 0;
    for (int r = 0; r < runs.length; r++) {
      sum += CacheLines.touch(runs[r], strides[r], lengths[r], targets, from, to);
    }
    return sum;
  }
}
