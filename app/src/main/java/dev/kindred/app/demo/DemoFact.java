package dev.kindred.app.demo;

import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.related.Explanation;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Something the {@link Demo} found out, in the order of its work. All are immutable. */
public sealed interface DemoFact {

  /**
   * What was simulated.
   *
   * @param samples rows of the log, one for each shown item
   * @param clicks how many of them were clicked
   * @param mistakes how many clicks were noise
   */
  record Simulated(int items, int users, int days, int samples, int clicks, int mistakes, Path data)
      implements DemoFact {}

  /**
   * What was trained and published.
   *
   * @param samples rows that were trained on
   * @param weights objective to learned weight, with the sign of its polarity
   */
  record Trained(
      Path snapshot,
      int samples,
      Holdout holdout,
      double seconds,
      Map<String, Double> secondsPerStage,
      Map<String, Double> weights,
      List<Note> notes)
      implements DemoFact {}

  /**
   * What the Coordinating Network did with the clicks, beside what they were.
   *
   * @param mistakes clicks that were noise
   * @param mistakesRemoved of these, those that train no click model
   * @param meant clicks that were not noise
   * @param meantRemoved of these, those that train no click model
   */
  record Routed(int mistakes, int mistakesRemoved, int meant, int meantRemoved)
      implements DemoFact {}

  /**
   * How related the lists really are, one row for each source of lists.
   *
   * @param sources how many lists were looked at
   * @param k their length
   */
  record Truth(int sources, int k, List<TrueRelatedness.Score> rows) implements DemoFact {}

  /** How well the lists foretell the next item in the held-out part of the log. */
  record NextItem(List<NextItemScore> rows) implements DemoFact {}

  /** An item as people know it. */
  record Video(String id, String title, String type, String styles) {}

  /** The place of a video in a list, from 1. */
  record Place(int rank, float score, Video video) {}

  /** The start of a related list. */
  record Listed(Video video, List<Place> related) implements DemoFact {
    public Listed {
      related = List.copyOf(related);
    }
  }

  /** Why an item stands in a list; the contributions of its terms sum to the score. */
  record Explained(Explanation explanation) implements DemoFact {}

  /**
   * The two that everybody watches and that have nothing in common.
   *
   * @param usersOfBoth how many users clicked both in the part trained on
   * @param cooccurrenceRank place of the second in the co-occurrence list of the first, 0 = none
   * @param rank place of the second in the related list of the first, 0 = none
   * @param trueRelatedness what the simulator says, for clicks
   */
  record Blockbusters(
      Video first,
      Video second,
      int usersOfBoth,
      int cooccurrenceRank,
      int rank,
      double trueRelatedness)
      implements DemoFact {}

  /**
   * An item was hidden in live state and is gone from the list of another, without a new snapshot.
   *
   * @param before rank of the hidden item, from 1
   * @param after its rank after hiding, 0 = none
   * @param firstAfter what the list begins with now
   */
  record Hidden(Path live, Video of, Video hidden, int before, int after, Video firstAfter)
      implements DemoFact {}

  /** Commands worth trying on what was left behind. */
  record Next(List<String> commands, double seconds) implements DemoFact {
    public Next {
      commands = List.copyOf(commands);
    }
  }
}
