package dev.kindred.engine.world;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.index.run.Draws;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Who lives in the world: items and users with vectors of what they are and want, and the profiles
 * that show a part of it. Immutable; may be shared by threads.
 *
 * <p>An item's vector is the sum of those of its type, styles, actors and series and of something
 * that no profile tells. So profiles predict taste, but not all of it.
 */
final class Population {
  /** Length of the vectors of taste. */
  static final int DIM = 16;

  static final List<FieldSpec> ITEM_FIELDS =
      List.of(
          FieldSpec.single("title", "title").withWeight(0),
          FieldSpec.single("type", "type"),
          FieldSpec.multi("styles", "styles", "|"),
          FieldSpec.multi("actors", "actors", "|"),
          FieldSpec.multi("tags", "tags", "|"),
          FieldSpec.single("series", "series"),
          FieldSpec.numeric("episode", "episode"),
          FieldSpec.numeric("length", "length_seconds"));
  static final List<FieldSpec> USER_FIELDS =
      List.of(
          FieldSpec.bucket("age band", "age", 10),
          FieldSpec.numeric("age", "age"),
          FieldSpec.single("gender", "gender"),
          FieldSpec.single("country", "country"),
          FieldSpec.single("device", "device"));

  private static final int NONE = -1;
  private static final int TYPES = Names.TYPES.size();

  final int items;
  final int users;
  final float[] itemVectors; // [items x DIM], unit rows
  final float[] userVectors; // [users x DIM], unit rows
  final int[] type;
  final int[][] styles;
  final int[][] actors;
  final String[][] tags;
  final String[] titles;
  final String[] series; // "" = none
  final int[] episode; // from 1, 0 = not in a series
  final int[] next; // the next episode, -1 = none
  final int[] lengthSeconds;
  final double[] attraction; // makes people click
  final double[] quality; // makes people stay and like
  final double[] shareability;
  final double[] pull; // makes people click for its popularity
  final double[] popularity; // weight when shown for popularity
  final int[] blockbusters; // two items
  final int[] age;
  final int[] gender;
  final int[] country;
  final int[] device;
  final double[] visitLogit; // of a visit on one day, before satisfaction
  private final WorldLaws laws;

  Population(WorldOptions options) {
    laws = options.laws();
    items = options.items();
    users = options.users();
    itemVectors = new float[items * DIM];
    userVectors = new float[users * DIM];
    type = new int[items];
    styles = new int[items][];
    actors = new int[items][];
    tags = new String[items][];
    titles = new String[items];
    series = new String[items];
    episode = new int[items];
    next = new int[items];
    lengthSeconds = new int[items];
    attraction = new double[items];
    quality = new double[items];
    shareability = new double[items];
    pull = new double[items];
    popularity = new double[items];
    blockbusters = new int[2];
    age = new int[users];
    gender = new int[users];
    country = new int[users];
    device = new int[users];
    visitLogit = new double[users];
    long seed = options.seed();
    float[] typeVectors = vectors(Draws.of(seed, "world types"), TYPES);
    float[] styleVectors = vectors(Draws.of(seed, "world styles"), Names.STYLES.size());
    int actorCount = Math.max(8 * TYPES, items / 6);
    float[] actorVectors = vectors(Draws.of(seed, "world actors"), actorCount);
    drawItems(Draws.of(seed, "world items"), actorCount);
    drawPopularity(Draws.of(seed, "world popularity"), options.popularityExponent());
    makeBlockbusters(actorCount);
    drawItemVectors(Draws.of(seed, "world item vectors"), typeVectors, styleVectors, actorVectors);
    drawUsers(Draws.of(seed, "world users"), typeVectors, styleVectors, visitRate(options));
  }

  /** The chance of a visit on a day at which visits of three lists make the samples asked for. */
  private static double visitRate(WorldOptions options) {
    double samplesPerVisit = 3.0 * options.listLength();
    double rate = options.samples() / samplesPerVisit / ((double) options.users() * options.days());
    return Math.min(Math.max(rate, .005), .4);
  }

  private static float[] vectors(Draws draws, int count) {
    float[] vectors = new float[count * DIM];
    for (int v = 0; v < count; v++) {
      gaussian(draws, vectors, v, 1);
      normalise(vectors, v);
    }
    return vectors;
  }

  private static void gaussian(Draws draws, float[] vectors, int row, double scale) {
    for (int d = 0; d < DIM; d++) {
      vectors[row * DIM + d] += (float) (scale / Math.sqrt(DIM) * draws.nextGaussian());
    }
  }

  private static void add(float[] vectors, int row, float[] from, int fromRow, double scale) {
    for (int d = 0; d < DIM; d++) {
      vectors[row * DIM + d] += (float) (scale * from[fromRow * DIM + d]);
    }
  }

  private static void normalise(float[] vectors, int row) {
    double square = 0;
    for (int d = 0; d < DIM; d++) {
      square += (double) vectors[row * DIM + d] * vectors[row * DIM + d];
    }
    float scale = (float) (1 / Math.sqrt(square));
    for (int d = 0; d < DIM; d++) {
      vectors[row * DIM + d] *= scale;
    }
  }

  private void drawItems(Draws draws, int actorCount) {
    Arrays.fill(next, NONE);
    int title = 0;
    int item = 0;
    while (item < items) {
      boolean isSeries = draws.nextDouble() < seriesRate();
      int episodes = isSeries ? Math.min(3 + draws.nextInt(4), items - item) : 1;
      String name = Names.title(title++);
      int first = item;
      for (int e = 0; e < episodes; e++, item++) {
        if (e == 0) {
          drawProfile(draws, item, actorCount);
        } else {
          copyProfile(draws, first, item);
          next[item - 1] = item;
        }
        titles[item] = isSeries ? name + ", episode " + (e + 1) : name;
        series[item] = isSeries ? name : "";
        episode[item] = isSeries ? e + 1 : 0;
      }
    }
  }

  /** The chance that a title is a series, of 4.5 episodes in the mean, for the declared share. */
  private double seriesRate() {
    return laws.seriesShare() / (4.5 - 3.5 * laws.seriesShare());
  }

  private void drawProfile(Draws draws, int item, int actorCount) {
    type[item] = draws.nextInt(TYPES);
    styles[item] = distinct(draws, 1 + draws.nextInt(3), Names.STYLES.size(), item, 2);
    actors[item] = new int[2 + draws.nextInt(3)];
    for (int a = 0; a < actors[item].length; a++) {
      actors[item][a] = drawActor(draws, item, actorCount);
    }
    drawTags(draws, item);
    double median = laws.medianSeconds();
    double length = StrictMath.exp(StrictMath.log(median) + .6 * draws.nextGaussian());
    lengthSeconds[item] = (int) Math.min(Math.max(length, median / 8), 15 * median);
    double spread = laws.itemSpread();
    attraction[item] = .6 * spread * draws.nextGaussian();
    // What draws the eye is a little worse than it looks.
    quality[item] = -laws.bait() * attraction[item] + .95 * spread * draws.nextGaussian();
    shareability[item] = spread * draws.nextGaussian();
  }

  private void copyProfile(Draws draws, int from, int to) {
    type[to] = type[from];
    styles[to] = styles[from];
    actors[to] = actors[from];
    drawTags(draws, to);
    lengthSeconds[to] = lengthSeconds[from];
    attraction[to] = attraction[from];
    quality[to] = quality[from] + .3 * laws.itemSpread() * draws.nextGaussian();
    shareability[to] = shareability[from];
  }

  /** Styles lean towards two that go with the type. */
  private int[] distinct(Draws draws, int count, int bound, int item, int typical) {
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      boolean again;
      do {
        drawn[i] =
            draws.nextDouble() < .5
                ? (type[item] * typical + draws.nextInt(typical)) % bound
                : draws.nextInt(bound);
        again = false;
        for (int j = 0; j < i; j++) {
          again |= drawn[j] == drawn[i];
        }
      } while (again);
    }
    return drawn;
  }

  /** Few actors play much: those of a type by a power law; one in five plays out of type. */
  private int drawActor(Draws draws, int item, int actorCount) {
    int perType = actorCount / TYPES;
    int home = draws.nextDouble() < .8 ? type[item] : draws.nextInt(TYPES);
    double u = draws.nextDouble();
    return home * perType + (int) (u * u * perType);
  }

  private void drawTags(Draws draws, int item) {
    String[] drawn = new String[3 + draws.nextInt(3)];
    for (int t = 0; t < drawn.length; t++) {
      int of = draws.nextDouble() < .8 ? type[item] : draws.nextInt(TYPES);
      List<String> choice = Names.TAGS.get(of);
      drawn[t] = choice.get(draws.nextInt(choice.size()));
    }
    tags[item] = Arrays.stream(drawn).distinct().toArray(String[]::new);
  }

  private void drawPopularity(Draws draws, double exponent) {
    int[] order = new int[items];
    for (int i = 0; i < items; i++) {
      order[i] = i;
    }
    draws.shuffle(order, 0, items);
    double sum = 0;
    double square = 0;
    for (int rank = 0; rank < items; rank++) {
      popularity[order[rank]] = StrictMath.pow(rank + 1, -exponent);
      double log = -StrictMath.log(rank + 1);
      sum += log;
      square += log * log;
    }
    double mean = sum / items;
    double deviation = Math.sqrt(square / items - mean * mean);
    for (int rank = 0; rank < items; rank++) {
      pull[order[rank]] = laws.popularityPull() * (-StrictMath.log(rank + 1) - mean) / deviation;
    }
  }

  /** The two most popular single items become a comedy and a horror film without common values. */
  private void makeBlockbusters(int actorCount) {
    for (int b = 0; b < 2; b++) {
      int best = NONE;
      for (int item = 0; item < items; item++) {
        boolean taken = b == 1 && item == blockbusters[0];
        if (!taken && episode[item] == 0 && (best == NONE || popularity[item] > popularity[best])) {
          best = item;
        }
      }
      int perType = actorCount / TYPES;
      blockbusters[b] = best;
      type[best] = b;
      styles[best] = b == 0 ? new int[] {9, 20} : new int[] {0, 10};
      actors[best] = new int[] {b * perType, b * perType + 1, b * perType + 2};
      tags[best] = Names.TAGS.get(b).subList(0, 4).toArray(String[]::new);
      titles[best] = b == 0 ? "Everybody Laughs" : "Nobody Sleeps";
      attraction[best] = 0;
      quality[best] = .5 * laws.itemSpread();
    }
  }

  private void drawItemVectors(
      Draws draws, float[] typeVectors, float[] styleVectors, float[] actorVectors) {
    for (int item = 0; item < items; item++) {
      if (episode[item] > 1) {
        add(itemVectors, item, itemVectors, item - 1, 1);
        gaussian(draws, itemVectors, item, .15);
        normalise(itemVectors, item);
        continue;
      }
      add(itemVectors, item, typeVectors, type[item], .8);
      for (int style : styles[item]) {
        add(itemVectors, item, styleVectors, style, .6 / Math.sqrt(styles[item].length));
      }
      for (int actor : actors[item]) {
        add(itemVectors, item, actorVectors, actor, .4 / Math.sqrt(actors[item].length));
      }
      gaussian(draws, itemVectors, item, laws.hidden());
      normalise(itemVectors, item);
    }
  }

  private void drawUsers(Draws draws, float[] typeVectors, float[] styleVectors, double visitRate) {
    float[] ageVectors = vectors(draws, 6);
    float[] countryVectors = vectors(draws, Names.COUNTRIES.size());
    double meanLogit = StrictMath.log(visitRate / (1 - visitRate));
    for (int user = 0; user < users; user++) {
      age[user] = (int) Math.min(Math.max(32 + 13 * draws.nextGaussian(), 13), 79);
      gender[user] = draws.nextDouble() < .04 ? 2 : draws.nextInt(2);
      country[user] = draws.nextInt(Names.COUNTRIES.size());
      device[user] = draws.nextInt(Names.DEVICES.size());
      double weight = .9;
      for (int t = 0; t < 3; t++) {
        add(userVectors, user, typeVectors, draws.nextInt(TYPES), weight);
        weight *= .7;
      }
      for (int s = 0; s < 3; s++) {
        add(userVectors, user, styleVectors, draws.nextInt(Names.STYLES.size()), .4);
      }
      add(userVectors, user, ageVectors, Math.min(age[user] / 10 - 1, 5), .4);
      add(userVectors, user, countryVectors, country[user], .3);
      gaussian(draws, userVectors, user, .4);
      normalise(userVectors, user);
      visitLogit[user] = meanLogit + .7 * draws.nextGaussian();
    }
  }

  /** <p_u, q_i> of the vectors, coordinate d weighted by emphasis[d]. */
  double taste(int user, int item, double[] emphasis) {
    double sum = 0;
    for (int d = 0; d < DIM; d++) {
      sum += emphasis[d] * userVectors[user * DIM + d] * itemVectors[item * DIM + d];
    }
    return sum;
  }

  /** Cosine of two items' vectors. */
  double likeness(int item, int other) {
    double sum = 0;
    for (int d = 0; d < DIM; d++) {
      sum += (double) itemVectors[item * DIM + d] * itemVectors[other * DIM + d];
    }
    return sum;
  }

  Ids itemIds() {
    Ids ids = new Ids();
    for (int item = 0; item < items; item++) {
      ids.add(String.format(Locale.ROOT, "v%04d", item + 1));
    }
    return ids;
  }

  Ids userIds() {
    Ids ids = new Ids();
    for (int user = 0; user < users; user++) {
      ids.add(String.format(Locale.ROOT, "u%04d", user + 1));
    }
    return ids;
  }

  /** The item's cell of each column of {@link WorldFiles#ITEM_COLUMNS} but the id. */
  String[] itemCells(int item) {
    return new String[] {
      titles[item],
      Names.TYPES.get(type[item]),
      String.join("|", named(styles[item], Names.STYLES)),
      String.join("|", Arrays.stream(actors[item]).distinct().mapToObj(Names::actor).toList()),
      String.join("|", tags[item]),
      series[item],
      episode[item] == 0 ? "" : Integer.toString(episode[item]),
      Integer.toString(lengthSeconds[item])
    };
  }

  /** The user's cell of each column of {@link WorldFiles#USER_COLUMNS} but the id. */
  String[] userCells(int user) {
    return new String[] {
      Integer.toString(age[user]),
      Names.GENDERS.get(gender[user]),
      Names.COUNTRIES.get(country[user]),
      Names.DEVICES.get(device[user])
    };
  }

  private static List<String> named(int[] ordinals, List<String> names) {
    return Arrays.stream(ordinals).mapToObj(names::get).toList();
  }

  Catalogue itemCatalogue(Ids ids) {
    Catalogue.Builder builder = Catalogue.builder(ids, ITEM_FIELDS);
    for (int item = 0; item < items; item++) {
      builder.row(item);
      fill(builder, ITEM_FIELDS, WorldFiles.ITEM_COLUMNS, itemCells(item), item);
    }
    return builder.build();
  }

  Catalogue userCatalogue(Ids ids) {
    Catalogue.Builder builder = Catalogue.builder(ids, USER_FIELDS);
    for (int user = 0; user < users; user++) {
      builder.row(user);
      fill(builder, USER_FIELDS, WorldFiles.USER_COLUMNS, userCells(user), user);
    }
    return builder.build();
  }

  private static void fill(
      Catalogue.Builder builder,
      List<FieldSpec> fields,
      List<String> columns,
      String[] cells,
      int ordinal) {
    for (int f = 0; f < fields.size(); f++) {
      FieldSpec field = fields.get(f);
      String cell = cells[columns.indexOf(field.column()) - 1]; // the first column is the id
      if (cell.isEmpty()) {
        continue;
      }
      switch (field.kind()) {
        case NUMERIC -> builder.number(f, ordinal, Float.parseFloat(cell));
        case BUCKET -> {
          int size = (int) field.bucketSize();
          builder.value(f, ordinal, Integer.toString(Integer.parseInt(cell) / size * size));
        }
        case MULTI -> {
          for (String value : cell.split("\\" + field.separator())) {
            builder.value(f, ordinal, value);
          }
        }
        default -> builder.value(f, ordinal, cell);
      }
    }
  }
}
