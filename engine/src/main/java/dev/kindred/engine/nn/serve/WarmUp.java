package dev.kindred.engine.nn.serve;

import java.time.Duration;
import java.util.Arrays;

/**
 * Runs requests before there are any, so that the compiler is done when the first real one comes.
 *
 * <p>Interpreted, one vector operation costs a microsecond and a batch of 500 would take minutes;
 * so sizes begin at one row and grow as the code gets faster. Then the typical sizes are replayed
 * until they stop getting faster.
 *
 * <p>Stateless.
 */
public final class WarmUp {
  /** Rounds without progress after which the code counts as compiled. */
  private static final int QUIET_ROUNDS = 30;

  private WarmUp() {}

  /** A request as the warm-up makes it; what it computes is thrown away. */
  public interface Request {
    /** Runs everything that a request of this many rows runs. */
    void run(int rows);
  }

  /**
   * Returns when requests of all sizes stopped getting faster, or when the time is up.
   *
   * @param sizes typical numbers of rows, each at least 1
   * @param limit after which no request is begun
   * @return whether requests stopped getting faster
   */
  public static boolean run(Request request, int[] sizes, Duration limit) {
    int largest = Arrays.stream(sizes).max().orElse(0);
    if (largest < 1 || Arrays.stream(sizes).min().getAsInt() < 1) {
      throw new IllegalArgumentException(
          "sizes " + Arrays.toString(sizes) + "; there must be one, and each at least 1");
    }
    long end = System.nanoTime() + limit.toNanos();
    long brief = limit.toNanos() / 200;
    for (int rows = 1; rows < largest && System.nanoTime() < end; ) {
      if (nanos(request, rows) < brief) {
        rows = 2 * rows + 1;
      }
    }
    long best = Long.MAX_VALUE;
    int quiet = 0;
    while (quiet < QUIET_ROUNDS && System.nanoTime() < end) {
      long round = 0;
      for (int rows : sizes) {
        round += nanos(request, rows);
      }
      // A tenth: what other programs do to a round must not look like progress of the compiler.
      quiet = round < best - best / 10 ? 0 : quiet + 1;
      best = Math.min(best, round);
    }
    return quiet == QUIET_ROUNDS;
  }

  private static long nanos(Request request, int rows) {
    long start = System.nanoTime();
    request.run(rows);
    return System.nanoTime() - start;
  }
}
