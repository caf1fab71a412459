package dev.kindred.engine.content;

/** Candidate lists made by hand. */
public final class TestLists {
  private TestLists() {}

  /** Lists of content: found[i] are the candidates of item i, best first. */
  public static CandidateLists content(int[][] found, float[][] similarities) {
    return CandidateLists.of(found, similarities, CandidateSource.CONTENT);
  }
}
