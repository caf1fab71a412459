package dev.kindred.engine.world;

import dev.kindred.index.run.Draws;
import java.util.BitSet;

/**
 * One user of a world after another, each taken up where the log ends: what was watched then is
 * known and the mood is that of the last visit. From there on the caller says what is shown.
 *
 * <p>All chance comes from the caller's draws, and every method takes a fixed number of them: two
 * lives with the same draws differ only by what was shown. For one thread.
 */
public final class Viewer {
  private final Ending ending;
  private final WorldLaws laws;
  private final BitSet watched = new BitSet();
  private final Look look = new Look();
  private int user = -1;
  private double satisfaction;
  private double worth; // of the visit so far

  Viewer(Ending ending) {
    this.ending = ending;
    laws = ending.options().laws();
  }

  /** Becomes a user as the log leaves him. */
  public void become(int newUser) {
    user = newUser;
    satisfaction = ending.moods().of(user);
    worth = 0;
    watched.clear();
    long[] pairs = ending.watched();
    for (int i = ending.start(user); i < pairs.length && pairs[i] >>> 32 == user; i++) {
      watched.set((int) pairs[i]);
    }
  }

  /** Whether the user comes on a day; one draw. */
  public boolean visits(Draws draws) {
    double effect = ending.options().retentionEffect() * satisfaction;
    double chance = Behaviour.sigmoid(ending.population().visitLogit[user] + effect);
    return draws.nextDouble() < chance;
  }

  /** The item that a visit begins with, not yet watched. */
  public int firstItem(Draws draws) {
    worth = 0;
    return ending.shelves().firstItem(user, ending.behaviour(), draws);
  }

  /**
   * Looks at an item of a list; what it comes to is overwritten by the next look.
   *
   * @param beside the item whose list it is
   * @param besideWatched whether that has just been watched, so that its next episode is awaited
   */
  public Look look(int item, int beside, boolean besideWatched, Draws draws) {
    boolean sequel = besideWatched && ending.population().next[beside] == item;
    boolean again = watched.get(item);
    ending.behaviour().look(user, item, beside, sequel, again, ending.mistakeRate(), draws, look);
    worth += look.worth();
    if (look.clicked && !look.mistake) {
      watched.set(item);
    }
    return look;
  }

  /** Ends a visit in which so many lists were shown; it is remembered in the mood. */
  public void leave(int lists) {
    satisfaction = ending.moods().after(satisfaction, worth / Math.max(1, lists));
  }

  /** Whether a click was one that a service takes for a bounce: left within a few seconds. */
  public boolean isBounce(Look of) {
    return of.clicked && of.seconds() < laws.mistakeSeconds();
  }

  /** The share of its length for which an item was open. */
  public double openShare(Look of, int item) {
    return of.seconds() / ending.population().lengthSeconds[item];
  }
}
