package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Interactions;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class CooccurrenceTest {
  private static final int USERS = 150;
  private static final int ITEMS = 60;

  private static Interactions world() {
    return Interactions.of(
        USERS,
        ITEMS,
        sink -> {
          Draws draws = Draws.of(3, "cooccurrence-test");
          for (int user = 0; user < USERS; user++) {
            int count = user == 7 ? 400 : draws.nextInt(12); // user 7 has almost everything
            for (int i = 0; i < count; i++) {
              int item = (int) (ITEMS * Math.pow(draws.nextDouble(), 2));
              sink.add(user, item, 1 + draws.nextInt(3)); // repeats count once
            }
          }
        },
        Interactions.Duplicates.SUM);
  }

  private record Candidate(int item, float similarity) {}

  private static List<Candidate> bruteForce(
      Interactions matrix, Cooccurrence.Options options, int item) {
    List<Candidate> all = new ArrayList<>();
    for (int other = 0; other < ITEMS; other++) {
      int both = 0;
      int one = 0;
      int two = 0;
      for (int user = 0; user < USERS; user++) {
        if (matrix.count(user) <= options.maxUserItems()) {
          boolean a = matrix.contains(user, item);
          boolean b = matrix.contains(user, other);
          both += a && b ? 1 : 0;
          one += a ? 1 : 0;
          two += b ? 1 : 0;
        }
      }
      if (other != item && both >= options.minUsers()) {
        all.add(new Candidate(other, (float) (both / Math.sqrt((double) one * two))));
      }
    }
    all.sort(Comparator.comparing(Candidate::similarity).reversed());
    return all.subList(0, Math.min(options.maxPerItem(), all.size()));
  }

  @Test
  void equalsCountingAllPairsForAnyOptionsAndThreads() {
    Interactions matrix = world();
    Cooccurrence.Options defaults = Cooccurrence.Options.defaults();
    for (Cooccurrence.Options options :
        List.of(
            defaults,
            defaults.withMinUsers(1).withMaxPerItem(5),
            defaults.withMinUsers(3).withMaxUserItems(8))) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Workers workers = Workers.of(threads)) {
          CandidateLists lists = Cooccurrence.candidates(matrix, options, workers, Progress.none());
          for (int item = 0; item < ITEMS; item++) {
            List<Candidate> found = new ArrayList<>();
            for (long at = lists.start(item); at < lists.end(item); at++) {
              assertEquals(CandidateSource.COOCCURRENCE, lists.source(at));
              found.add(new Candidate(lists.item(at), lists.similarity(at)));
            }
            assertEquals(bruteForce(matrix, options, item), found, options + " item " + item);
          }
        }
      }
    }
  }

  @Test
  void withoutUsersThereAreNoCandidates() {
    Interactions none = Interactions.of(0, 5, sink -> {}, Interactions.Duplicates.SUM);
    try (Workers workers = Workers.of(1)) {
      CandidateLists lists =
          Cooccurrence.candidates(none, Cooccurrence.Options.defaults(), workers, Progress.none());
      assertEquals(5, lists.items());
      assertTrue(lists.size() == 0);
    }
  }
}
