package dev.kindred.engine.experiment;

import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.SplitMix64;

/**
 * Which group a user is in: a hash of the user's id and a salt, so that it stays the same on every
 * visit without being stored, and another experiment with another salt mixes the users anew.
 * Immutable.
 */
public final class GroupAssignment {
  private final long salt;
  private final int groups;

  /**
   * Groups of equal volume.
   *
   * @param groups at least 1
   */
  public GroupAssignment(long salt, int groups) {
    if (groups < 1) {
      throw new IllegalArgumentException("groups is " + groups + ", must be at least 1");
    }
    this.salt = salt;
    this.groups = groups;
  }

  /** From 0 to groups - 1. */
  public int groupOf(CharSequence userId) {
    long hash = SplitMix64.mix(salt + SplitMix64.GAMMA);
    for (int i = 0; i < userId.length(); i++) {
      hash = SplitMix64.mix(hash ^ userId.charAt(i) * SplitMix64.GAMMA);
    }
    return (int) Math.unsignedMultiplyHigh(hash, groups);
  }

  /** The users of each group, rising. */
  int[][] split(Ids users) {
    int[] groupOf = new int[users.size()];
    int[] sizes = new int[groups];
    for (int user = 0; user < groupOf.length; user++) {
      groupOf[user] = groupOf(users.idOf(user));
      sizes[groupOf[user]]++;
    }
    int[][] split = new int[groups][];
    for (int g = 0; g < groups; g++) {
      split[g] = new int[sizes[g]];
      sizes[g] = 0;
    }
    for (int user = 0; user < groupOf.length; user++) {
      split[groupOf[user]][sizes[groupOf[user]]++] = user;
    }
    return split;
  }
}
