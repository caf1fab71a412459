package dev.kindred.app.bench;

import dev.kindred.engine.fused.FusedLayout;
import dev.kindred.engine.serve.Recommender;
import java.util.Arrays;

/** Reads the vector of an item over all channels, as requests by vectors have them. */
final class VectorOfItem {
  private VectorOfItem() {}

  static float[] read(Recommender recommender, int ordinal) {
    return recommender.reading(
        snapshot -> {
          FusedLayout layout = snapshot.fused().orElseThrow().full();
          float[] row = new float[layout.dim()];
          layout.copyRow(ordinal, row, new float[layout.longest()]);
          return Arrays.copyOf(row, layout.vectorDim());
        });
  }
}
