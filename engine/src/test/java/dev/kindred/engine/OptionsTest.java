package dev.kindred.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    assertEquals(13, Withers.check(pipeline));
    assertEquals(11, Withers.check(AlsOptions.defaults()));
    assertEquals(13, Withers.check(CoordinateOptions.defaults()));
    assertEquals(7, Withers.check(WorldOptions.defaults()));
    assertEquals(5, Withers.check(DataSize.of(1000, 2000, 30_000, 4)));
  }
}
