package dev.kindred.engine.serve;

import dev.kindred.engine.related.Explanation;
import java.util.Objects;
import java.util.Optional;

/**
 * Why an item is not in another one's or a user's list, or that it is: the first stage that kept it
 * out. Immutable.
 *
 * @param source id of the item asked for, or for whom a list of a user is
 * @param target id of the item in question
 * @param stage that dropped it
 * @param reason one line with the numbers
 * @param explanation what its score would be, where both are known items
 */
public record WhyNot(
    String source, String target, Stage stage, String reason, Optional<Explanation> explanation) {
  /** Where an item can be lost, in the order in which it is asked. */
  public enum Stage {
    /** Neither the snapshot nor the live state knows one of the two. */
    UNKNOWN_ITEM,
    /** An item is not related to itself. */
    SAME_ITEM,
    /** A hide mark of the live state. */
    HIDDEN,
    /** The request leaves it out. */
    EXCLUDED,
    /** It doesn't meet the request's condition. */
    FILTERED,
    /** A rule leaves it out. */
    HIDDEN_BY_RULE,
    /** The user disliked it; of lists for users. */
    DISLIKED,
    /** The user watched it; of lists for users. */
    WATCHED,
    /** No source brought it to the ranker; of lists for users. */
    NOT_RETRIEVED,
    /** One of the two has no value that profiles are compared by. */
    NO_PROFILE,
    /** Profile cosine below e, or below what e was lowered to. */
    BELOW_THRESHOLD,
    /** Similar enough, but more similar ones fill the candidate list. */
    OUTSIDE_CAP,
    /** No candidate, where candidates don't come from profiles. */
    NO_CANDIDATE,
    /** Its score is below that of the last item shown. */
    BELOW_LIST,
    /** A rule puts it behind all others. */
    BURIED,
    /** Pinned items took the place. */
    DISPLACED_BY_PINS,
    /** As many as allowed share one of its values. */
    CAPPED,
    /** Diversity took less similar ones. */
    DIVERSITY,
    /** The draw went to others. */
    NOT_DRAWN,
    /** It is in the list. */
    LISTED
  }

  public WhyNot {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(stage, "stage");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(explanation, "explanation");
  }

  @Override
  public String toString() {
    return source + " -> " + target + ": " + reason;
  }
}
