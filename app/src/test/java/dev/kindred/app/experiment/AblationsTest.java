package dev.kindred.app.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.experiment.ExperimentOptions;
import dev.kindred.engine.experiment.Metric;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AblationsTest {
  private static final PipelineOptions FAST =
      PipelineOptions.defaults()
          .withTower(Optional.empty())
          .withCoordinate(Optional.of(CoordinateOptions.defaults().withSteps(100)))
          .withAls(AlsOptions.defaults().withRank(16).withIterations(5));

  @Test
  void everyStageHasAVariantThatLacksItAndNothingElse() {
    PipelineOptions whole = PipelineOptions.defaults();
    Map<String, PipelineOptions> variants = Ablations.variants(whole, 100);
    assertEquals(whole, variants.get(Ablations.WHOLE));
    assertEquals(whole, variants.get("without content gate").withGate(true));
    assertEquals(
        whole, variants.get("without Coordinating Network").withCoordinate(whole.coordinate()));
    assertEquals(whole, variants.get("without linear channel").withLinear(true));
    assertEquals(whole, variants.get("without non-linear channel").withTower(whole.tower()));
    assertEquals(whole, variants.get("raw maximum").withMerge(whole.merge()));
    assertEquals(Merge.MAX, variants.get("raw maximum").merge());
    assertEquals(whole, variants.get("equal weights").withLearnWeights(true));
    assertEquals(PipelineOptions.paper(), variants.get(Ablations.PAPER));
    assertEquals(8, variants.size());
  }

  @Test
  void anEmptyStageIsNoticedAndTheSamePipelineTwiceIsTheSame() {
    Map<String, PipelineOptions> variants = new LinkedHashMap<>();
    variants.put(Ablations.WHOLE, FAST);
    variants.put("again", FAST);
    variants.put("of nothing", FAST.withAls(FAST.als().withRank(1).withIterations(1)));
    WorldOptions world = WorldOptions.defaults().withSize(250, 500, 40_000);
    // Long enough that the fall, of 3%, is six of its errors, whatever the last bits are.
    ExperimentOptions experiment = ExperimentOptions.defaults().withDays(7, 60);
    List<String> lines = new ArrayList<>();
    List<Ablations.Row> rows;
    try (Workers workers = Workers.of(2)) {
      rows =
          new Ablations(world, 1, variants, experiment).run(workers, Progress.none(), lines::add);
    }
    assertEquals(5, lines.size(), lines.toString());
    assertEquals(0, rows.get(1).changes().get(Metric.CLICKING).value(), 1e-12);
    assertEquals(0, rows.get(1).aucGain().value());
    assertTrue(rows.get(0).auc() > .6, rows.toString());
    assertTrue(rows.get(2).aucGain().value() < -.05, rows.toString());
    assertTrue(rows.get(2).changes().get(Metric.CLICKING).isFall(), rows.toString());
    assertTrue(rows.get(2).changes().get(Metric.PLAYED_TIME).isFall(), rows.toString());
    assertEquals(Ablations.WHOLE, rows.get(3).against());
    assertEquals(Ablations.CLICKS, rows.get(4).against());
    assertTrue(rows.get(4).aucGain().value() > 0, rows.toString());
    StringWriter text = new StringWriter();
    new ExperimentText(new PrintWriter(text, true)).ablations(rows);
    assertEquals(
        5,
        text.toString()
            .lines()
            .filter(line -> line.contains("%") || line.startsWith(Ablations.WHOLE))
            .filter(line -> !line.contains("intervals"))
            .count(),
        text.toString());
  }
}
