package dev.kindred.engine.nn;

import java.util.List;

/**
 * A node of a {@link Network}: a function of other layers' outputs, row by row of a chunk.
 *
 * <p>A layer holds weights but no state of a run; that is in the {@link Pass}, so one network can
 * run on several threads at once, each with its own pass. A layer belongs to one network.
 */
public abstract class Layer {
  static final int UNPLACED = -1;

  private final String name;
  private final int width;
  private final List<Layer> inputs;

  /** Place in its network, in an order where inputs come before their readers. */
  int index = UNPLACED;

  /** For each input, whether another layer has already written that input's gradient. */
  boolean[] addsToGradient;

  /** Whether anything at or below this layer is trained. */
  boolean trained;

  /**
   * @param name unique within its network
   * @param width values per row of the output
   */
  protected Layer(String name, int width, List<Layer> inputs) {
    if (width < 1) {
      throw new IllegalArgumentException(
          "layer %s has width %d, must be at least 1".formatted(name, width));
    }
    this.name = name;
    this.width = width;
    this.inputs = List.copyOf(inputs);
  }

  public final String name() {
    return name;
  }

  /** Values per row of the output. */
  public final int width() {
    return width;
  }

  public final List<Layer> inputs() {
    return inputs;
  }

  /** The weights that this layer trains, in a fixed order. */
  public List<Parameter> parameters() {
    return List.of();
  }

  /** Fills {@code pass.value(this)} [rows x width] from the values of the inputs. */
  protected abstract void forward(Pass pass);

  /**
   * Given {@code pass.gradient(this)}, which it may overwrite, writes the gradient of each trained
   * input (adds to it where {@link #addsTo} says so) and adds to the gradients of its weights.
   */
  protected abstract void backward(Pass pass);

  /** Called after the weights have changed: recomputes what is derived from them. */
  protected void refresh() {}

  /**
   * Floats per row that a pass keeps for this layer from forward to backward, besides its value.
   */
  protected int memoryPerRow() {
    return 0;
  }

  /** Whether backward must add to the gradient of this input rather than overwrite it. */
  protected final boolean addsTo(int input) {
    return addsToGradient[input];
  }

  /** Whether backward has to write the gradient of this input at all. */
  protected final boolean needsGradient(int input) {
    return inputs.get(input).trained;
  }
}
