package dev.kindred.engine.rank;

import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * Which positives of a log teach the networks: of every user the same number, the last ones, so
 * that heavy users don't dominate (Covington et al. 2016, section 3.4). Stateless.
 */
final class LastPositives {
  private LastPositives() {}

  /**
   * Rows by user, of each user the last one first.
   *
   * @param wanted which rows are positives to choose from
   * @param perUser of a user at most
   * @param most of all users at most: the number per user falls until they fit
   */
  static int[] of(PointInTime log, IntPredicate wanted, int perUser, int most) {
    int each = perUser;
    int[] rows = lastOfEachUser(log, wanted, each);
    while (rows.length > most && each > 1) {
      each = Math.max(1, Math.min(each - 1, each * 3 / 4));
      rows = lastOfEachUser(log, wanted, each);
    }
    return rows.length <= most ? rows : Arrays.copyOf(rows, most);
  }

  private static int[] lastOfEachUser(PointInTime log, IntPredicate wanted, int perUser) {
    int[] rows = new int[1024];
    int size = 0;
    for (int user = 0; user < log.users(); user++) {
      int taken = 0;
      for (int at = log.end(user) - 1; at >= log.start(user) && taken < perUser; at--) {
        int row = log.row(at);
        if (wanted.test(row)) {
          if (size == rows.length) {
            rows = Arrays.copyOf(rows, Math.addExact(size, size >> 1));
          }
          rows[size++] = row;
          taken++;
        }
      }
    }
    return Arrays.copyOf(rows, size);
  }
}
