package dev.kindred.engine.world;

import java.util.Arrays;

/**
 * The state in which the log leaves a world's users. Immutable; may be shared by threads.
 *
 * @param shelves to begin visits from
 * @param moods of the users
 * @param watched each user &lt;&lt; 32 | item once, rising; not copied
 * @param mistakeRate the chance that a look ends in a click by mistake
 */
record Ending(
    WorldOptions options,
    Population population,
    Behaviour behaviour,
    Shelves shelves,
    Moods moods,
    long[] watched,
    double mistakeRate) {

  /** Index of the user's first pair in {@link #watched}, or where it would stand. */
  int start(int user) {
    int found = Arrays.binarySearch(watched, (long) user << 32);
    return found < 0 ? ~found : found;
  }
}
