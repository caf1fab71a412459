package dev.kindred.engine;

import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.world.WorldOptions;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void eachChangeOfAnOptionLeavesTheOthersAsTheyWere() throws ReflectiveOperationException {
    PipelineOptions pipeline =
        PipelineOptions.defaults().withRank(Optional.of(RankOptions.defaults()));
    Withers.check(pipeline);
    Withers.check(AlsOptions.defaults());
    Withers.check(CoordinateOptions.defaults());
    Withers.check(WorldOptions.defaults());
    Withers.check(DataSize.of(1000, 2000, 30_000, 4));
  }
}
