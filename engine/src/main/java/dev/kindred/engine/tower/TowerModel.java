package dev.kindred.engine.tower;

import dev.kindred.engine.nn.Feature;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.engine.nn.Fingerprint;
import dev.kindred.engine.nn.Parameter;
import dev.kindred.engine.nn.Safetensors;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trained two-tower network with the vectors of its users and items. Immutable; may be shared by
 * threads.
 */
public final class TowerModel {
  private static final String DESCRIPTION = "kindred";
  private static final String USER_VECTORS = "vectors.user";
  private static final String ITEM_VECTORS = "vectors.item";
  private static final String ITEM_PRESENCE = "vectors.item.presence";

  private final TowerOptions options;
  private final Tower userTower;
  private final Tower itemTower;
  private final float[] userVectors;
  private final float[] itemVectors;
  private final boolean[] present;
  private final double[] losses;
  private final double[] recalls;
  private final int bestEpoch;
  private final Popularity popularity; // null = vectors carry none
  private final List<String> notes;

  /**
   * @param popularity what the vectors carry, null = none
   */
  TowerModel(
      TowerOptions options,
      Tower userTower,
      Tower itemTower,
      float[] userVectors,
      float[] itemVectors,
      boolean[] present,
      double[] losses,
      double[] recalls,
      int bestEpoch,
      Popularity popularity,
      List<String> notes) {
    this.options = options;
    this.userTower = userTower;
    this.itemTower = itemTower;
    this.userVectors = userVectors;
    this.itemVectors = itemVectors;
    this.present = present;
    this.losses = losses;
    this.recalls = recalls;
    this.bestEpoch = bestEpoch;
    this.popularity = popularity;
    this.notes = List.copyOf(notes);
  }

  /** An item without positives has a vector worth having only if it has other features. */
  static boolean[] presence(FeatureTable items, boolean[] known) {
    boolean[] present = known.clone();
    if (!items.onlyIds()) {
      Arrays.fill(present, true);
    }
    return present;
  }

  /** Values per vector. */
  public int dim() {
    return options.vectorWidth();
  }

  public TowerOptions options() {
    return options;
  }

  public int users() {
    return userVectors.length / dim();
  }

  public int items() {
    return itemVectors.length / dim();
  }

  /** [users x dim], each of length 1, not a copy: don't write. */
  public float[] userVectors() {
    return userVectors;
  }

  /** [items x dim], each of length 1, not a copy: don't write. */
  public float[] itemVectors() {
    return itemVectors;
  }

  /**
   * Whether the item's vector says anything: it had positives in training, or has features beside
   * its id.
   */
  public boolean hasItemVector(int item) {
    return present[item];
  }

  /** What the item tower reads of an item; {@link FeatureTable#encode} makes a table of it. */
  public List<Feature> itemFeatures() {
    return itemTower.input.features();
  }

  /**
   * Vectors of items that training has not seen, [rows x dim], each of length 1; with popularity
   * they have that of an item without positives, the least.
   *
   * @param items with the features {@link #itemFeatures}, ids unknown
   */
  public float[] itemVectors(FeatureTable items, Workers workers) {
    float[] units = itemTower.vectors(items, workers);
    return popularity == null
        ? units
        : popularity.items(units, options.dim(), new int[items.rows()]);
  }

  /** What the user tower reads of a user, in the order in which it reads it. */
  public List<Feature> userFeatures() {
    return userTower.input.features();
  }

  /** Where the inputs made from a feature of a user begin in a row of {@link #encodeUsers}. */
  public int userInputStart(int feature) {
    return userTower.input.start(feature);
  }

  /**
   * The features of some users as the user tower's layers see them: means of embeddings and numbers
   * side by side, in the order of the features.
   *
   * @return [rows.length x inputs of {@link #userNetwork}]
   */
  public float[] encodeUsers(FeatureTable users, int[] rows, Workers workers) {
    return userTower.inputs(users, rows, workers);
  }

  /**
   * The user tower above its features, to serve with: it takes what {@link #encodeUsers} gives and
   * outputs a vector of length 1.
   *
   * @throws IllegalArgumentException if its output has both a ReLU and a skip, or the vectors carry
   *     popularity
   */
  public Mlp userNetwork() {
    if (popularity != null) {
      throw new IllegalArgumentException(
          "a plain network gives no vectors that carry popularity; train with popularity 0, not "
              + options.popularity());
    }
    return TowerNetwork.of(userTower, options);
  }

  /** Mean loss of each epoch. */
  public double[] losses() {
    return losses.clone();
  }

  /** Recall@20 on held-out positives after each epoch; empty if none were held out. */
  public double[] recalls() {
    return recalls.clone();
  }

  /** How many epochs ran. */
  public int epochs() {
    return losses.length;
  }

  /** The epoch whose weights these are, from 1. */
  public int bestEpoch() {
    return bestEpoch;
  }

  /** What a reader of a report should know about this training. */
  public List<String> notes() {
    return notes;
  }

  private List<Parameter> parameters() {
    Set<Parameter> all = new LinkedHashSet<>(itemTower.network.parameters());
    all.addAll(userTower.network.parameters());
    return List.copyOf(all);
  }

  /**
   * SHA-256 over the sizes and the bits of all weights and vectors, in hex: equal if the model is.
   */
  public String hash() {
    return new Fingerprint().add(parameters()).add(userVectors).add(itemVectors).hex();
  }

  /**
   * Writes the network, its features and all vectors to one file of safetensors layout, see
   * docs/formats.md.
   */
  public void save(Path path) throws IOException {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>(Safetensors.of(parameters()));
    tensors.put(USER_VECTORS, new Safetensors.Tensor(users(), dim(), userVectors));
    tensors.put(ITEM_VECTORS, new Safetensors.Tensor(items(), dim(), itemVectors));
    float[] presence = new float[present.length];
    for (int i = 0; i < presence.length; i++) {
      presence[i] = present[i] ? 1 : 0;
    }
    tensors.put(ITEM_PRESENCE, new Safetensors.Tensor(1, presence.length, presence));
    String description =
        TowerDescription.write(
            new TowerDescription.Content(
                options,
                userTower.input.features(),
                itemTower.input.features(),
                losses,
                recalls,
                bestEpoch,
                popularity == null ? 0 : popularity.mostPositives(),
                notes));
    Safetensors.write(path, Map.of(DESCRIPTION, description), tensors);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws CorruptFileException if the file is damaged or holds something else
   */
  public static TowerModel load(Path path) throws IOException {
    Safetensors file = Safetensors.read(path);
    String description = file.metadata().get(DESCRIPTION);
    if (description == null) {
      throw new CorruptFileException(path, -1, "holds no two-tower network of Kindred");
    }
    try {
      TowerDescription.Content content = TowerDescription.read(description);
      Tower itemTower = new Tower("item", content.itemFeatures(), content.options(), Map.of());
      Tower userTower =
          new Tower(
              "user",
              content.userFeatures(),
              content.options(),
              TwoTower.sharedHistory(itemTower, content.options()));
      Safetensors.Tensor users = file.tensors().get(USER_VECTORS);
      Safetensors.Tensor items = file.tensors().get(ITEM_VECTORS);
      Safetensors.Tensor presence = file.tensors().get(ITEM_PRESENCE);
      int dim = content.options().vectorWidth();
      if (users == null
          || items == null
          || presence == null
          || users.columns() != dim
          || items.columns() != dim
          || presence.columns() != items.rows()) {
        throw new CorruptFileException(path, -1, "lacks vectors of " + dim + " values");
      }
      boolean[] present = new boolean[presence.columns()];
      for (int i = 0; i < present.length; i++) {
        present[i] = presence.values()[i] != 0;
      }
      TowerModel model =
          new TowerModel(
              content.options(),
              userTower,
              itemTower,
              users.values(),
              items.values(),
              present,
              content.losses(),
              content.recalls(),
              content.bestEpoch(),
              content.options().popularity() > 0
                  ? new Popularity(content.options(), items.rows(), content.mostPositives())
                  : null,
              content.notes());
      file.into(model.parameters());
      itemTower.network.refresh();
      userTower.network.refresh();
      return model;
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(path, -1, "describes no valid network: " + e.getMessage());
    }
  }
}
