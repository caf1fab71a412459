package dev.kindred.engine.fused;

import dev.kindred.index.HnswOptions;
import java.util.Objects;

/**
 * How a {@link FusedIndex} is built. Immutable.
 *
 * @param maxDim most dimensions of a fused vector, 16 to 4096; more are reduced
 * @param graph how the graph over the fused vectors is built
 */
public record FusedOptions(int maxDim, HnswOptions graph) {
  public FusedOptions {
    if (maxDim < 16 || maxDim > 4096) {
      throw new IllegalArgumentException("maxDim is " + maxDim + ", must be in 16..4096");
    }
    Objects.requireNonNull(graph, "graph");
  }

  /** 160 dimensions; m 16, efConstruction 100. */
  public static FusedOptions defaults() {
    return new FusedOptions(160, HnswOptions.defaults().withEfConstruction(100));
  }

  public FusedOptions withMaxDim(int maxDim) {
    return new FusedOptions(maxDim, graph);
  }

  public FusedOptions withGraph(HnswOptions graph) {
    return new FusedOptions(maxDim, graph);
  }
}
