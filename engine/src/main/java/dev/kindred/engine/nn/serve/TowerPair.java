package dev.kindred.engine.nn.serve;

/**
 * The two towers of a two-tower network; a user's and an item's score is the inner product of their
 * outputs, a cosine if both are normalised.
 */
public record TowerPair(Mlp user, Mlp item) {
  public TowerPair {
    if (user.outputs() != item.outputs()) {
      throw new IllegalArgumentException(
          "the user's tower gives %d values, the item's %d; they must give as many"
              .formatted(user.outputs(), item.outputs()));
    }
  }
}
