package dev.kindred.engine.world;

/** What came of one look at an item; the next look overwrites it. For one thread. */
public final class Look {
  private static final double FOLLOWED_FROM = .3; // share watched from which a visit goes on there

  boolean clicked;
  boolean mistake;
  boolean liked;
  boolean shared;
  boolean disliked;
  int dwellTenths; // of a second
  double share; // of the length, watched by a meant click; may be a little above 1
  double clickChance; // of a meant click

  /** Nothing came of it yet. */
  public Look() {}

  void clear() {
    clicked = false;
    mistake = false;
    liked = false;
    shared = false;
    disliked = false;
    dwellTenths = 0;
    share = 0;
  }

  /** Whether the item was opened, meant or by mistake. */
  public boolean clicked() {
    return clicked;
  }

  public boolean liked() {
    return liked;
  }

  public boolean shared() {
    return shared;
  }

  public boolean disliked() {
    return disliked;
  }

  /** How long it was open, 0 if it was not. */
  public double seconds() {
    return dwellTenths / 10.0;
  }

  /** Whether the visit goes on from here. */
  public boolean isFollowed() {
    return share >= FOLLOWED_FROM;
  }

  /** What it adds to the satisfaction with a visit. */
  double worth() {
    if (!clicked || mistake) {
      return 0;
    }
    double[] worth = Behaviour.SATISFACTION;
    return worth[Behaviour.CLICK]
        + worth[Behaviour.WATCH] * Math.min(share, 1)
        + (liked ? worth[Behaviour.LIKE] : 0)
        + (shared ? worth[Behaviour.SHARE] : 0)
        + (disliked ? worth[Behaviour.DISLIKE] : 0);
  }
}
