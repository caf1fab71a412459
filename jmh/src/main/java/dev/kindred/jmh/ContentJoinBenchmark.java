package dev.kindred.jmh;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.content.ContentCandidates;
import dev.kindred.engine.content.ContentOptions;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The exact join of the content gate over items of about ten values: one of 12 types, three actors
 * of many, five tags, skewed as in catalogues.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 2)
public class ContentJoinBenchmark {
  @Param({"10000", "100000"})
  public int items;

  @Param({"default", "strict", "paper"})
  public String options;

  private Catalogue catalogue;
  private ContentOptions chosen;

  @Setup
  public void prepare() {
    Ids ids = new Ids();
    Catalogue.Builder builder =
        Catalogue.builder(
            ids,
            List.of(
                FieldSpec.single("type", "type"),
                FieldSpec.multi("actors", "actors", "|"),
                FieldSpec.multi("tags", "tags", "|")));
    Draws draws = Draws.of(1, "content-join");
    for (int i = 0; i < items; i++) {
      draws.reset(i);
      ids.add("item" + i);
      builder.value(0, i, "type" + skewed(draws, 12));
      for (int a = 0; a < 3; a++) {
        builder.value(1, i, "actor" + skewed(draws, items / 4));
      }
      for (int t = 0; t < 5; t++) {
        builder.value(2, i, "tag" + skewed(draws, items / 20));
      }
    }
    catalogue = builder.build();
    ContentOptions defaults = ContentOptions.defaults();
    chosen =
        switch (options) {
          case "default" -> defaults;
          case "strict" -> defaults.withBackOff(0, defaults.threshold(), defaults.step());
          default -> ContentOptions.paper();
        };
  }

  private static int skewed(Draws draws, int bound) {
    return (int) (bound * Math.pow(draws.nextDouble(), 3));
  }

  @Benchmark
  public long join() {
    try (Workers workers = Workers.of(2)) {
      CandidateLists lists = ContentCandidates.join(catalogue, chosen, workers, Progress.none());
      return lists.size();
    }
  }
}
