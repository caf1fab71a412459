package dev.kindred.engine.nn;

import java.util.List;

/**
 * Numbers handed in from outside: the caller writes {@code pass.value(input)} before running.
 *
 * <p>Sharing: see {@link Layer}.
 */
public final class Input extends Layer {
  public Input(String name, int width) {
    super(name, width, List.of());
  }

  @Override
  protected void forward(Pass pass) {}

  @Override
  protected void backward(Pass pass) {}
}
