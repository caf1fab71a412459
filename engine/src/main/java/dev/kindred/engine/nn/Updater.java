package dev.kindred.engine.nn;

import dev.kindred.index.run.Workers;
import dev.kindred.simd.Distances;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Adds up the gradients of the passes of a step, in their order, and moves the weights.
 *
 * <p>Of embeddings only the rows that were looked up are read and written, whatever the table's
 * size. Same bits for any number of threads. For one thread, which owns the networks meanwhile.
 */
public final class Updater {
  /** Values of a dense parameter, and rows of an embedding, that make one piece of work. */
  private static final int DENSE_GRAIN = 16384;

  private static final int ROW_GRAIN = 128;

  /** How far a step moves a measured value towards what it measured; Keras' momentum is .99. */
  private static final float STATISTIC_RATE = 0.1f;

  private final UpdateRule rule;
  private final Map<Parameter, float[][]> slotsOf = new LinkedHashMap<>();
  private final Set<Network> networks = new LinkedHashSet<>();
  private final List<DensePart> parts = new ArrayList<>();
  private final List<Touched> embeddings = new ArrayList<>();
  private float[][] scratch = {};

  /**
   * @param passes all passes that will ever take part, in the order in which gradients are added
   * @param others gradients of dense parameters that belong to no network, such as a loss's own
   */
  public Updater(Optimizer optimizer, List<Pass> passes, Map<Parameter, float[]> others) {
    rule = new UpdateRule(optimizer);
    Map<Parameter, List<Source>> dense = new LinkedHashMap<>();
    Map<Parameter, Touched> sparse = new IdentityHashMap<>();
    for (Pass pass : passes) {
      networks.add(pass.network());
      for (Parameter parameter : pass.network().parameters()) {
        if (!parameter.isEmbedding()) {
          dense
              .computeIfAbsent(parameter, p -> new ArrayList<>())
              .add(new Source(pass, pass.gradient(parameter)));
        }
      }
      for (Layer layer : pass.network().layers()) {
        if (layer instanceof FeatureInput input) {
          for (int f = 0; f < input.features().size(); f++) {
            if (input.features().get(f).kind() == Feature.Kind.NUMERIC) {
              continue;
            }
            Parameter parameter = input.embedding(f).parameter();
            Touched touched = sparse.get(parameter);
            if (touched == null) {
              touched = new Touched(parameter, slots(parameter));
              sparse.put(parameter, touched);
              embeddings.add(touched);
            }
            touched.sources.add(new LookupSource(pass, pass.lookups(input)[f], input));
          }
        }
      }
    }
    others.forEach(
        (parameter, gradient) ->
            dense
                .computeIfAbsent(parameter, p -> new ArrayList<>())
                .add(new Source(null, gradient)));
    dense.forEach(
        (parameter, sources) -> {
          float[][] slots = slots(parameter);
          int size = parameter.values().length;
          for (int from = 0; from < size; from += DENSE_GRAIN) {
            int to = Math.min(size, from + DENSE_GRAIN);
            parts.add(new DensePart(parameter, List.copyOf(sources), slots, from, to));
          }
        });
  }

  private float[][] slots(Parameter parameter) {
    float[][] slots = new float[rule.slots()][];
    Arrays.setAll(slots, i -> new float[parameter.values().length]);
    slotsOf.put(parameter, slots);
    return slots;
  }

  /** What the rule remembers beside the weights, by parameter; the arrays themselves. */
  Map<Parameter, float[][]> memory() {
    return slotsOf;
  }

  /** Steps taken so far. */
  public long steps() {
    return rule.steps();
  }

  /** Goes on after so many steps, whose weights and memory have been put back. */
  void resumeAt(long steps) {
    rule.resumeAt(steps);
    networks.forEach(Network::refresh);
  }

  /**
   * Moves the weights once; passes with no rows take no part.
   *
   * @param rateScale times the optimiser's learning rate, for schedules
   */
  public void step(double rateScale, Workers workers) {
    rule.advance(rateScale);
    if (scratch.length < workers.threads()) {
      scratch = new float[workers.threads()][DENSE_GRAIN];
    }
    workers.forEachRange(
        parts.size(),
        1,
        (from, to, worker) -> {
          for (long i = from; i < to; i++) {
            parts.get((int) i).update(rule, scratch[worker]);
          }
        });
    workers.forEachRange(
        embeddings.size(),
        1,
        (from, to, worker) -> {
          for (long i = from; i < to; i++) {
            embeddings.get((int) i).collect();
          }
        });
    for (Touched touched : embeddings) {
      workers.forEachRange(
          touched.rowCount,
          ROW_GRAIN,
          (from, to, worker) -> touched.update(rule, (int) from, (int) to, scratch[worker]));
    }
    for (Network network : networks) {
      network.refresh();
    }
  }

  private record Source(Pass pass, float[] gradient) {
    boolean takesPart() {
      return pass == null || pass.rows() > 0;
    }
  }

  /** A range of a dense parameter with the gradients that go into it. */
  private record DensePart(
      Parameter parameter, List<Source> sources, float[][] slots, int from, int to) {
    /** Some of the way to the mean over the rows of what the passes measured. */
    private void measure() {
      float[] values = parameter.values();
      for (int i = from; i < to; i++) {
        double sum = 0;
        long rows = 0;
        for (Source source : sources) {
          if (source.takesPart()) {
            sum += (double) source.gradient()[i] * source.pass().rows();
            rows += source.pass().rows();
          }
        }
        if (rows > 0) {
          values[i] += STATISTIC_RATE * (float) (sum / rows - values[i]);
        }
      }
    }

    void update(UpdateRule rule, float[] sum) {
      if (parameter.isStatistic()) {
        measure();
        return;
      }
      int n = to - from;
      boolean first = true;
      for (Source source : sources) {
        if (!source.takesPart()) {
          continue;
        }
        if (first) {
          System.arraycopy(source.gradient(), from, sum, 0, n);
          first = false;
        } else {
          Distances.axpy(1f, source.gradient(), from, sum, 0, n);
        }
      }
      if (!first) {
        rule.apply(parameter.values(), from, sum, 0, n, slots, parameter.rows() > 1);
      }
    }
  }

  private record LookupSource(Pass pass, Lookups lookups, FeatureInput input) {}

  /** An embedding and, for the present step, the lookups of each of its touched rows. */
  private static final class Touched {
    final Parameter parameter;
    final float[][] slots;
    final List<LookupSource> sources = new ArrayList<>();

    /** Newest lookup of each row of the embedding, -1 = none; then each lookup's next older. */
    final int[] head;

    int[] next = new int[256];
    int[] source = new int[256];
    int[] index = new int[256];

    /** Touched rows in the order of their first lookup. */
    int[] rows = new int[256];

    int rowCount;

    Touched(Parameter parameter, float[][] slots) {
      this.parameter = parameter;
      this.slots = slots;
      head = new int[parameter.rows()];
      Arrays.fill(head, -1);
    }

    void collect() {
      for (int i = 0; i < rowCount; i++) {
        head[rows[i]] = -1;
      }
      rowCount = 0;
      int total = 0;
      for (LookupSource each : sources) {
        total += each.pass().rows() > 0 ? each.lookups().count : 0;
      }
      if (total > next.length) {
        int size = Math.max(total, next.length + (next.length >> 1));
        next = new int[size];
        source = new int[size];
        index = new int[size];
        rows = new int[size];
      }
      int entry = 0;
      for (int s = 0; s < sources.size(); s++) {
        if (sources.get(s).pass().rows() == 0) {
          continue;
        }
        Lookups lookups = sources.get(s).lookups();
        for (int i = 0; i < lookups.count; i++, entry++) {
          int row = lookups.rows[i];
          if (head[row] < 0) {
            rows[rowCount++] = row;
          }
          source[entry] = s;
          index[entry] = i;
          next[entry] = head[row];
          head[row] = entry;
        }
      }
    }

    void update(UpdateRule rule, int from, int to, float[] sum) {
      int dim = parameter.columns();
      for (int i = from; i < to; i++) {
        int row = rows[i];
        Arrays.fill(sum, 0, dim, 0);
        for (int entry = head[row]; entry >= 0; entry = next[entry]) {
          LookupSource from1 = sources.get(source[entry]);
          int at = index[entry];
          float[] gradient = from1.pass().gradient(from1.input());
          Distances.axpy(
              from1.lookups().scales[at], gradient, from1.lookups().offsets[at], sum, 0, dim);
        }
        rule.apply(parameter.values(), row * dim, sum, 0, dim, slots, true);
      }
    }
  }
}
