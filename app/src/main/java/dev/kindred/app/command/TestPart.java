package dev.kindred.app.command;

import dev.kindred.engine.als.AlsModel;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.engine.data.SplitFiles.Split;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What of a test file lists can be measured on, and why a measure may be 0 although nothing failed.
 *
 * <p>Stateless.
 */
final class TestPart {
  private TestPart() {}

  /**
   * The split without the test pairs that are nothing to find: a value below 0 is a dislike and one
   * of 0 says nothing. How many are left out is noted, and how many of the rest are in training
   * too, where no list shows them, or are of strangers, of whom no model learned anything.
   *
   * @param train file of the training part, for notes
   * @param test file of the test part, for notes
   * @throws InputException if no test pair has a value above 0, or none a user and an item of the
   *     training part
   */
  static Split toFind(Split split, Path train, Path test, Consumer<String> notes) {
    Interactions all = split.test();
    Interactions liked =
        Interactions.of(
            all.rows(),
            all.columns(),
            sink -> {
              for (int user = 0; user < all.rows(); user++) {
                for (long i = all.start(user); i < all.end(user); i++) {
                  if (all.value(i) > 0) {
                    sink.add(user, all.column(i), all.value(i));
                  }
                }
              }
            },
            Duplicates.LAST);
    if (liked.size() == 0) {
      throw new InputException(
          test
              + ": none of its "
              + all.size()
              + " pairs has a value above 0, so there is nothing to find; give pairs that were"
              + " liked");
    }
    if (liked.size() < all.size()) {
      notes.accept(
          test
              + ": "
              + (all.size() - liked.size())
              + " of its "
              + all.size()
              + " pairs have a value of 0 or less and are nothing to find; they are left out");
    }
    Split found = new Split(split.train(), liked);
    Counts counts = Counts.of(found);
    if (counts.unknown() == liked.size()) {
      throw new InputException(
          test
              + ": none of its "
              + liked.size()
              + " pairs has a user and an item that "
              + train
              + " knows, so nothing could be found; both files must use the same ids");
    }
    if (counts.unknown() > 0) {
      notes.accept(
          test
              + ": "
              + counts.unknown()
              + " of its "
              + liked.size()
              + " pairs to find have a user or an item that "
              + train
              + " doesn't have: nothing was learned of them, so they are found by chance at best");
    }
    long known = counts.inTraining();
    if (known > 0) {
      notes.accept(
          test
              + ": "
              + (known == liked.size() ? "all" : known + " of")
              + " its "
              + liked.size()
              + " pairs to find are in "
              + train
              + " too, so no list shows them and they count as missed");
    }
    return found;
  }

  /** Notes that a model tells no item from another. */
  static void noteZeros(AlsModel model, Consumer<String> notes) {
    if (allZero(model.userFactors()) || allZero(model.itemFactors())) {
      notes.accept(
          "the model holds nothing but zeros, so its lists say nothing: no value of the training"
              + " data is above 0, or the regularization is too high");
    }
  }

  private static boolean allZero(float[] factors) {
    for (float factor : factors) {
      if (factor != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * What of the test part can be found.
   *
   * @param pairs all of it
   * @param unknown those with a user or an item that the training part doesn't have
   * @param inTraining those that the training part has too
   */
  record Counts(long pairs, long unknown, long inTraining) {
    /** Looks at each pair of both parts once. */
    static Counts of(Split split) {
      Interactions train = split.train();
      Interactions test = split.test();
      boolean[] items = new boolean[train.columns()];
      for (long i = 0; i < train.size(); i++) {
        items[train.column(i)] = true;
      }
      long unknown = 0;
      long inTraining = 0;
      for (int user = 0; user < test.rows(); user++) {
        for (long i = test.start(user); i < test.end(user); i++) {
          int item = test.column(i);
          unknown += train.count(user) > 0 && items[item] ? 0 : 1;
          inTraining += train.contains(user, item) ? 1 : 0;
        }
      }
      return new Counts(test.size(), unknown, inTraining);
    }

    /** Adds them to a line of JSON. */
    void addTo(Map<String, Object> result) {
      result.put("testPairs", pairs);
      result.put("unknownPairs", unknown);
      result.put("pairsInTraining", inTraining);
    }
  }
}
