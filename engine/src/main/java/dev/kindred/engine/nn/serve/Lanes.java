package dev.kindred.engine.nn.serve;

/** Widths that fill the vectors of any machine. Stateless. */
final class Lanes {
  /** Floats of the widest vectors. */
  static final int MOST = 16;

  private Lanes() {}

  /** The next width that fills whole vectors. */
  static int roundUp(int width) {
    return (width + MOST - 1) / MOST * MOST;
  }
}
