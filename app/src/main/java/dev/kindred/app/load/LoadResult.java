package dev.kindred.app.load;

import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of a load.
 *
 * @param service nanoseconds from sending a request to its whole reply
 * @param response nanoseconds from when the request was due to its whole reply: waiting for a free
 *     connection counts, so a server that stalls can't hide it
 * @param statuses replies by status; under 0 stand connections that broke
 * @param requests that were due in the measured time
 * @param unanswered of them when the time to wait was over
 * @param seconds from the first that was due to the last reply
 * @param bytes of all replies
 */
public record LoadResult(
    Histogram service,
    Histogram response,
    Map<Integer, Long> statuses,
    long requests,
    long unanswered,
    double seconds,
    long bytes) {

  /** Replies of 200 a second. */
  public double goodPerSecond() {
    return statuses.getOrDefault(200, 0L) / seconds;
  }

  /** Everything but replies of 200. */
  public long errors() {
    return requests - statuses.getOrDefault(200, 0L);
  }
}
