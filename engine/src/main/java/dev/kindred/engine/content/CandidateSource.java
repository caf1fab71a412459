package dev.kindred.engine.content;

/** Where a candidate of an item comes from, and so what its similarity means. */
public enum CandidateSource {
  /** Profile cosine at or above the threshold e. */
  CONTENT("profile"),
  /** Profile cosine below e, kept because too few items reached it. */
  CONTENT_RELAXED("profile, below the threshold"),
  /** Cosine of co-occurrence over distinct users. */
  COOCCURRENCE("seen by the same users"),
  /** Cosine of learned item vectors. */
  FACTORS("close in factors"),
  /**
   * No candidate: found by the vectors of all channels, without the content gate. Never in a file.
   */
  VECTORS("close in the vectors of all channels"),
  /** No candidate: a rule put it into the list. Never in a file. */
  PINNED("pinned by a rule"),
  /** Profile cosine of an item added after the snapshot was built. Never in a file. */
  ADDED("profile, added since");

  private static final CandidateSource[] BY_CODE = {
    CONTENT, CONTENT_RELAXED, COOCCURRENCE, FACTORS
  };

  private final String description;

  CandidateSource(String description) {
    this.description = description;
  }

  /** A few words for people, for explanations. */
  public String description() {
    return description;
  }

  /** Whether the candidate passed the content gate, strictly or relaxed. */
  public boolean isContent() {
    return this == CONTENT || this == CONTENT_RELAXED;
  }

  /** The byte that stands for this source in files: its place in the declaration. */
  public byte code() {
    return (byte) ordinal();
  }

  /** Number of sources in files; codes run from 0 to one less. */
  public static int count() {
    return BY_CODE.length;
  }

  /** The source of a code in [0, count()). */
  public static CandidateSource ofCode(int code) {
    return BY_CODE[code];
  }
}
