package dev.kindred.app.bench;

import java.util.HashSet;
import java.util.List;

/**
 * What a generated snapshot is like. Immutable.
 *
 * @param items 2 to 50,000,000
 * @param objectives 1 to 16; the fifth is a negative one
 * @param dim of each channel's vectors, half of it for the negative objective; 1 to 512
 * @param list longest list of candidates, 1 to 65,536
 * @param tableLength items of each precomputed list, 1 to 65,536
 * @param index whether the fused index is built
 * @param rankers the first is the snapshot's own, each other one gets a snapshot of the same items;
 *     empty for no personalised path
 * @param seed of all draws
 */
public record GeneratedOptions(
    int items,
    int objectives,
    int dim,
    int list,
    int tableLength,
    boolean index,
    List<GeneratedRanker> rankers,
    long seed) {
  public GeneratedOptions {
    check("items", items, 2, 50_000_000);
    check("objectives", objectives, 1, 16);
    check("dim", dim, 1, 512);
    check("list", list, 1, 1 << 16);
    check("tableLength", tableLength, 1, 1 << 16);
    rankers = List.copyOf(rankers);
    if (new HashSet<>(rankers).size() < rankers.size()) {
      throw new IllegalArgumentException("rankers are " + rankers + ", must each be named once");
    }
  }

  private static void check(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be in " + least + ".." + most);
    }
  }
}
