package dev.kindred.engine.nn.serve;

import dev.kindred.simd.Activation;
import dev.kindred.simd.Activations;
import dev.kindred.simd.Mixtures;
import dev.kindred.simd.PackedRows;
import java.util.List;

/**
 * A multi-gate mixture of experts, forward only (Ma et al., Modeling Task Relationships in
 * Multi-task Learning with Multi-gate Mixture-of-Experts, KDD 2018, section 4): all tasks share the
 * experts, each task mixes their outputs by a softmax gate of its own, and a small tower turns the
 * mixture into the task's output.
 *
 * <pre>
 *   x [inputs] -> expert e -> h_e [width]          the same for all tasks
 *   x          -> gates    -> g_t = softmax over e for each task t
 *   tower t (sum over e of g_t,e h_e) -> y_t
 * </pre>
 *
 * <p>Rows run through in blocks, one expert after the other, so that a block's activations and an
 * expert's weights stay in the L2 cache.
 *
 * <p>Immutable; safe for any number of threads, each with its own {@link Scratch}.
 */
public final class Mmoe {
  /** Rows that go through all layers before the next. */
  static final int BLOCK = Mlp.BLOCK;

  /**
   * Most rows whose mixtures for all tasks are made before the towers read them: those of more push
   * each other out of the first cache, which cost 1% to 3% of a network's time.
   */
  private static final int MIXED = 24;

  /** Between rows of expert outputs: without it they would lie a power of two apart. */
  private static final int PADDING = 16;

  private final List<Mlp> experts;
  private final DenseLayer gates;
  private final List<Mlp> towers;
  private final List<Task> tasks;
  private final int width;

  /**
   * @param experts all with layers of the same sizes
   * @param gates linear, [inputs x (tasks x experts)]: output t experts + e is expert e's share in
   *     task t before the softmax
   * @param towers one for each task, with one output, taking an expert's outputs
   * @throws IllegalArgumentException naming the part that doesn't fit
   */
  public Mmoe(List<Mlp> experts, DenseLayer gates, List<Mlp> towers, List<Task> tasks) {
    this.experts = List.copyOf(experts);
    this.gates = gates;
    this.towers = List.copyOf(towers);
    this.tasks = List.copyOf(tasks);
    if (experts.isEmpty() || tasks.isEmpty() || towers.size() != tasks.size()) {
      throw new IllegalArgumentException(
          "%d experts, %d towers, %d tasks; expected 1 or more experts, and as many towers as tasks"
              .formatted(experts.size(), towers.size(), tasks.size()));
    }
    Mlp first = experts.getFirst();
    width = first.outputs();
    for (int e = 0; e < experts.size(); e++) {
      if (!sizes(experts.get(e)).equals(sizes(first)) || experts.get(e).normalized()) {
        throw new IllegalArgumentException(
            "expert %d has layers %s, expert 0 %s; all must be alike, without normalisation"
                .formatted(e, sizes(experts.get(e)), sizes(first)));
      }
    }
    if (gates.inputs() != first.inputs()
        || gates.outputs() != tasks.size() * experts.size()
        || gates.activation() != Activation.NONE) {
      throw new IllegalArgumentException(
          "gates [%d x %d] with activation %s; expected [%d x %d] without one"
              .formatted(
                  gates.inputs(),
                  gates.outputs(),
                  gates.activation(),
                  first.inputs(),
                  tasks.size() * experts.size()));
    }
    for (int t = 0; t < tasks.size(); t++) {
      Mlp tower = towers.get(t);
      if (tower.inputs() != width || tower.outputs() != 1 || tower.normalized()) {
        throw new IllegalArgumentException(
            "the tower of task %s takes %d values and gives %d; expected %d and 1"
                .formatted(tasks.get(t).name(), tower.inputs(), tower.outputs(), width));
      }
    }
  }

  private static List<List<Integer>> sizes(Mlp mlp) {
    return mlp.layers().stream().map(layer -> List.of(layer.inputs(), layer.outputs())).toList();
  }

  /** What a run writes to between inputs and outputs; for one thread at a time. */
  public static final class Scratch {
    final Mlp.Scratch expert;
    final float[] gates;
    private final Mlp.Scratch[] towers;
    final float[] outputs;
    private final PackedRows inputs;

    /** A matrix of rows for each task, one after the other. */
    private final float[] mixed;

    private final float[] result = new float[MIXED];

    private Scratch(Mmoe network) {
      expert = network.experts.getFirst().scratch();
      gates = new float[BLOCK * network.gates.outputs()];
      towers = network.towers.stream().map(Mlp::scratch).toArray(Mlp.Scratch[]::new);
      outputs = new float[BLOCK * network.outputStride()];
      inputs = new PackedRows(BLOCK, network.inputs());
      mixed = new float[MIXED * network.towers.size() * Mlp.stride(network.width)];
    }
  }

  /** A scratch for this network, enough for batches of any size. */
  public Scratch scratch() {
    return new Scratch(this);
  }

  public int inputs() {
    return gates.inputs();
  }

  public List<Mlp> experts() {
    return experts;
  }

  /** [inputs x (tasks x experts)]. */
  public DenseLayer gates() {
    return gates;
  }

  /** One for each task. */
  public List<Mlp> towers() {
    return towers;
  }

  /** What the columns of the output are. */
  public List<Task> tasks() {
    return tasks;
  }

  /**
   * Computes y [rows x tasks] from x [rows x inputs], rows ldx and ldy floats apart; any number of
   * rows.
   *
   * @throws IllegalArgumentException if a range doesn't lie in its array
   */
  public void forward(
      float[] x, int xOffset, int ldx, int rows, float[] y, int yOffset, int ldy, Scratch scratch) {
    for (int from = 0; from < rows; from += BLOCK) {
      int n = Math.min(BLOCK, rows - from);
      PackedRows in = scratch.inputs;
      in.pack(x, xOffset + from * ldx, ldx, n);
      for (int e = 0; e < experts.size(); e++) {
        Mlp expert = experts.get(e);
        expert.block(in, scratch.outputs, outputAt(e), outputStride(), scratch.expert);
      }
      gates.forward(in, scratch.gates, 0, gates.outputs());
      finish(n, y, yOffset + from * ldy, ldy, scratch);
    }
  }

  /** Floats between the rows of expert outputs in a scratch, which have room for the gates. */
  int outputStride() {
    return experts.size() * width + Lanes.roundUp(gates.outputs()) + PADDING;
  }

  /** Where the outputs of expert e begin in such a row. */
  int outputAt(int e) {
    return e * width;
  }

  /** Runs the layers of expert e from {@code first} on, for at most {@link #BLOCK} rows. */
  void expert(int e, int first, float[] x, int xOffset, int ldx, int rows, Scratch scratch) {
    experts
        .get(e)
        .block(
            first,
            x,
            xOffset,
            ldx,
            rows,
            scratch.outputs,
            outputAt(e),
            outputStride(),
            scratch.expert);
  }

  /**
   * From the experts' outputs and the gates before their softmax, both in the scratch, to y [rows x
   * tasks].
   */
  void finish(int rows, float[] y, int yOffset, int ldy, Scratch scratch) {
    Activations.softmaxGroups(scratch.gates, 0, rows * tasks.size(), experts.size());
    // Parts as alike as whole tiles of six allow.
    int parts = Math.max(1, Math.ceilDiv(rows, MIXED));
    int part = Math.ceilDiv(Math.ceilDiv(rows, parts), 6) * 6;
    for (int from = 0; from < rows; from += part) {
      mix(from, Math.min(part, rows - from), y, yOffset + from * ldy, ldy, scratch);
    }
  }

  /** Mixtures and towers of rows [from, from + rows) of a block, to y [rows x tasks]. */
  private void mix(int from, int rows, float[] y, int yOffset, int ldy, Scratch scratch) {
    int count = experts.size();
    int taskCount = tasks.size();
    int stride = Mlp.stride(width);
    int matrix = MIXED * stride;
    Mixtures.mix(
        scratch.outputs,
        from * outputStride(),
        outputStride(),
        rows,
        count,
        width,
        scratch.gates,
        from * taskCount * count,
        taskCount,
        scratch.mixed,
        0,
        stride,
        matrix);
    float[] result = scratch.result;
    for (int t = 0; t < taskCount; t++) {
      towers
          .get(t)
          .block(0, scratch.mixed, t * matrix, stride, rows, result, 0, 1, scratch.towers[t]);
      if (tasks.get(t).probability()) {
        Activations.sigmoid(result, 0, rows);
      }
      for (int i = 0; i < rows; i++) {
        y[yOffset + i * ldy + t] = result[i];
      }
    }
  }
}
