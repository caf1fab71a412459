package dev.kindred.engine.tower;

/** Where the vectors of known users and items stand before training. */
public enum TowerStart {
  /** Drawn at random. */
  RANDOM,
  /**
   * Along the leading singular vectors of the normalised positives, so that who shares neighbours
   * starts close together and training needs fewer passes.
   */
  SPECTRAL
}
