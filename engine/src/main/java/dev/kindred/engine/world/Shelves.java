package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;
import java.util.Arrays;

/** Draws items by popularity, of the whole world or of one type. Immutable. */
final class Shelves {
  private final int[] all;
  private final double[] allSums;
  private final int[][] byType = new int[Names.TYPES.size()][];
  private final double[][] typeSums = new double[byType.length][];

  Shelves(Population population) {
    all = new int[population.items];
    Arrays.setAll(all, i -> i);
    allSums = sums(population, all);
    for (int t = 0; t < byType.length; t++) {
      int type = t;
      byType[t] = Arrays.stream(all).filter(item -> population.type[item] == type).toArray();
      typeSums[t] = sums(population, byType[t]);
    }
  }

  private static double[] sums(Population population, int[] items) {
    double[] sums = new double[items.length];
    double sum = 0;
    for (int i = 0; i < items.length; i++) {
      sum += population.popularity[items[i]];
      sums[i] = sum;
    }
    return sums;
  }

  int popular(Draws draws) {
    return draw(draws, all, allSums);
  }

  int any(Draws draws) {
    return all[draws.nextInt(all.length)];
  }

  /** An item of the type, every other time by popularity. */
  int ofType(Draws draws, int type) {
    return draws.nextInt(2) == 0
        ? byType[type][draws.nextInt(byType[type].length)]
        : draw(draws, byType[type], typeSums[type]);
  }

  /** What a visit begins with: of four popular items the one most to the user's taste. */
  int firstItem(int user, Behaviour behaviour, Draws draws) {
    int best = popular(draws);
    for (int i = 1; i < 4; i++) {
      int item = popular(draws);
      if (behaviour.taste(Behaviour.CLICK, user, item)
          > behaviour.taste(Behaviour.CLICK, user, best)) {
        best = item;
      }
    }
    return best;
  }

  private static int draw(Draws draws, int[] items, double[] sums) {
    double target = draws.nextDouble() * sums[sums.length - 1];
    int found = Arrays.binarySearch(sums, target);
    return items[Math.min(found < 0 ? ~found : found + 1, items.length - 1)];
  }
}
