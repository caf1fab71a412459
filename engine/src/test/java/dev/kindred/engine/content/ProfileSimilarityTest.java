package dev.kindred.engine.content;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import org.junit.jupiter.api.Test;

final class ProfileSimilarityTest {
  @Test
  void theCosineOfAnyPairIsTheOneThatTheGateSees() {
    Catalogue items = World.generate(WorldOptions.defaults().withSize(200, 50, 2_000)).items();
    ContentOptions options = ContentOptions.defaults();
    ProfileSimilarity similarity = ProfileSimilarity.of(items, options);
    try (Workers workers = Workers.of(2)) {
      CandidateLists lists = ContentCandidates.join(items, options, workers, Progress.none());
      int compared = 0;
      for (int item = 0; item < 200; item++) {
        assertEquals(1, similarity.cosine(item, item), 1e-12);
        for (long at = lists.start(item); at < lists.end(item); at++) {
          int other = lists.item(at);
          assertEquals(lists.similarity(at), similarity.cosine(item, other), 1e-6);
          assertEquals(similarity.cosine(item, other), similarity.cosine(other, item), 1e-12);
          compared++;
        }
      }
      assertEquals(lists.size(), compared);
    }
  }
}
