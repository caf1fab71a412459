package dev.kindred.engine.serve;

import java.time.Duration;

/** A question that only a whole answer answers was given too little time for one. */
public final class TooLateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooLateException(String question, Duration within) {
    super(
        question
            + " takes longer than the "
            + within.toMillis()
            + " ms that it was given; give it longer, or ask for a shorter list");
  }
}
