package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.LittleEndian;
import dev.kindred.index.file.Sections;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * The content gate as it is asked after the build: how similar two items are, and which items a new
 * profile is similar to. Mapped from {@code gate.kgate}; the vectors are those of the join that
 * made the candidate lists, and so are the similarities, to the bit.
 *
 * <p>Items with equal profiles share a vector. Values are numbered as in {@code profile.kprof}:
 * field by field, in the order of the catalogue's vocabularies.
 *
 * <pre>
 * f64 option[5]             threshold e, floor, step, least candidates, most candidates
 * f64 square[P]             squared length of the vector of a profile
 * i32 profileOf[n]          profile of an item, -1 = without values
 * i32 memberStart[P + 1]    items of profile p: member[memberStart[p]] to before the next start
 * i32 member[M]             items, ascending within a profile
 * i32 start[P + 1]          entries of profile p, likewise
 * i32 dimension[E]          ascending within a profile, rarest value first
 * f32 weight[E]
 * i32 postingStart[D + 1]   profiles that have dimension d, likewise
 * i32 posting[E]            profiles, ascending within a dimension
 * f32 dimensionWeight[D]    weight of the value before its field is scaled
 * i32 dimensionField[D]     field of the value, among those of text
 * f64 fieldScale[F]         weight of the field
 * i32 valueDimension[V]     dimension of a value, -1 = it is not compared
 * </pre>
 *
 * <p>All little-endian. Header counts: n, P, E, M, D, F, V, 1 if fields are balanced. Reading is
 * safe whatever the body holds. Immutable; any number of threads may read, as long as the arena is
 * open.
 */
public final class ContentGate {
  /** Name of the file within a snapshot. */
  public static final String FILE_NAME = "gate.kgate";

  static final String KIND = "kgate";
  static final int VERSION = 1;
  private static final int OPTIONS = 5;
  private static final int MOST = Integer.MAX_VALUE - 1;

  private final Body body;
  private final MemorySegment bytes;
  private final int items;
  private final int profiles;
  private final int entries;
  private final int members;
  private final int dimensions;
  private final int fields;
  private final int values;
  private final boolean balanced;
  private final double threshold;
  private final double floor;
  private final double step;
  private final int minCandidates;
  private final int maxPerItem;
  private final long optionAt;
  private final long squareAt;
  private final long profileOfAt;
  private final long memberStartAt;
  private final long memberAt;
  private final long startAt;
  private final long dimensionAt;
  private final long weightAt;
  private final long postingStartAt;
  private final long postingAt;
  private final long dimensionWeightAt;
  private final long dimensionFieldAt;
  private final long fieldScaleAt;
  private final long valueDimensionAt;

  private ContentGate(CheckedFile file) {
    items = file.count(0, MOST, "items");
    profiles = file.count(1, MOST, "profiles");
    entries = file.count(2, MOST, "entries");
    members = file.count(3, MOST, "members");
    dimensions = file.count(4, MOST, "dimensions");
    fields = file.count(5, MOST, "fields");
    values = file.count(6, MOST, "values");
    balanced = file.count(7) != 0;
    Sections sections = Sections.of(file);
    optionAt = sections.next(OPTIONS, Double.BYTES);
    squareAt = sections.next(profiles, Double.BYTES);
    profileOfAt = sections.next(items, Integer.BYTES);
    memberStartAt = sections.next(profiles + 1L, Integer.BYTES);
    memberAt = sections.next(members, Integer.BYTES);
    startAt = sections.next(profiles + 1L, Integer.BYTES);
    dimensionAt = sections.next(entries, Integer.BYTES);
    weightAt = sections.next(entries, Float.BYTES);
    postingStartAt = sections.next(dimensions + 1L, Integer.BYTES);
    postingAt = sections.next(entries, Integer.BYTES);
    dimensionWeightAt = sections.next(dimensions, Float.BYTES);
    dimensionFieldAt = sections.next(dimensions, Integer.BYTES);
    fieldScaleAt = sections.next(fields, Double.BYTES);
    valueDimensionAt = sections.next(values, Integer.BYTES);
    body = sections.end();
    bytes = body.bytes();
    threshold = option(0, Double.MIN_NORMAL, 1);
    floor = option(1, Double.MIN_NORMAL, threshold);
    step = option(2, 1e-3, 1);
    minCandidates = (int) option(3, 0, Integer.MAX_VALUE);
    maxPerItem = Math.min(items, (int) option(4, 1, Integer.MAX_VALUE));
  }

  /** An option of the build; a damaged one gives wrong answers, no wild ones. */
  private double option(int index, double least, double most) {
    double option = bytes.get(LittleEndian.DOUBLE, optionAt + (long) Double.BYTES * index);
    return option >= least && option <= most ? option : most;
  }

  /** Writes the gate of a catalogue's items with the ordinals of its ids. */
  public static void write(Path path, Catalogue catalogue, ContentOptions options)
      throws IOException {
    GateWriter.write(path, catalogue, options);
  }

  /** Opens a file in place. */
  public static ContentGate open(Path path, Arena arena) throws IOException {
    return new ContentGate(CheckedFile.open(path, KIND, VERSION, arena));
  }

  /**
   * Reads the whole file and compares the checksums.
   *
   * @throws CorruptFileException at the first block that differs
   */
  public void verify() {
    body.verify();
  }

  /** Number of items, with or without a profile. */
  public int items() {
    return items;
  }

  /** Values are numbered from 0 to before values(). */
  public int values() {
    return values;
  }

  /** e: from this similarity on a pair passes. */
  public double threshold() {
    return threshold;
  }

  /** What e may be lowered to for an item that would have too few candidates. */
  public double floor() {
    return floor;
  }

  /** With fewer candidates than this e is lowered. */
  public int minCandidates() {
    return minCandidates;
  }

  /** Most candidates of an item, at most as many as there are items. */
  public int maxPerItem() {
    return maxPerItem;
  }

  /** Whether an item has a value that is compared. */
  public boolean hasProfile(int item) {
    return profileOf(item) >= 0;
  }

  /** Similarity of two items, 0 where either has no profile; allocates nothing. */
  public float cosine(int first, int second) {
    int p = profileOf(first);
    int q = profileOf(second);
    if (p < 0 || q < 0) {
      return 0;
    }
    int i = start(p);
    int iEnd = end(p);
    int j = start(q);
    int jEnd = end(q);
    double dot = 0;
    while (i < iEnd && j < jEnd) {
      int a = dimension(i);
      int b = dimension(j);
      if (a == b) {
        dot += (double) weight(i) * weight(j);
      }
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
    }
    return (float) (dot / Math.sqrt(square(p) * square(q)));
  }

  /** Similarity of a new profile and an item, 0 where either has none; allocates nothing. */
  public float cosine(ProfileVector vector, int item) {
    int p = profileOf(item);
    if (p < 0 || vector.isEmpty()) {
      return 0;
    }
    double dot = 0;
    int i = 0;
    int j = start(p);
    int jEnd = end(p);
    while (i < vector.dimensions.length && j < jEnd) {
      int a = vector.dimensions[i];
      int b = dimension(j);
      if (a == b) {
        dot += (double) weight(j) * vector.weights[i];
      }
      i += a <= b ? 1 : 0;
      j += b <= a ? 1 : 0;
    }
    return (float) (dot / Math.sqrt(square(p) * vector.square));
  }

  /**
   * The vector of a new profile.
   *
   * @param profile numbers of its values, in any order; those that are not compared have no part
   */
  public ProfileVector vector(int[] profile) {
    int[] sorted = profile.clone();
    Arrays.sort(sorted);
    int[] at = new int[sorted.length];
    int distinct = 0;
    double[] squares = new double[fields];
    for (int i = 0; i < sorted.length; i++) {
      int value = Objects.checkIndex(sorted[i], values);
      int dimension = bytes.get(LittleEndian.INT, valueDimensionAt + 4L * value);
      if (dimension >= 0 && (i == 0 || value != sorted[i - 1])) {
        at[distinct++] = Objects.checkIndex(dimension, dimensions);
        // Summed in the order of the values, as the join does: the same bits come out.
        float weight = bytes.get(LittleEndian.FLOAT, dimensionWeightAt + 4L * dimension);
        squares[fieldOf(dimension)] += (double) weight * weight;
      }
    }
    at = Arrays.copyOf(at, distinct);
    Arrays.sort(at);
    float[] weights = new float[distinct];
    for (int i = 0; i < distinct; i++) {
      int field = fieldOf(at[i]);
      double scale = bytes.get(LittleEndian.DOUBLE, fieldScaleAt + 8L * field);
      if (balanced && squares[field] > 0) {
        scale /= Math.sqrt(squares[field]);
      }
      float weight = bytes.get(LittleEndian.FLOAT, dimensionWeightAt + 4L * at[i]);
      weights[i] = scale == 1 ? weight : (float) (weight * scale);
    }
    return new ProfileVector(at, weights);
  }

  /** What a search writes to; one per thread. Takes a double per profile. */
  public GateSearch newSearch() {
    return new GateSearch(this);
  }

  /** How far e goes down at a time. */
  double step() {
    return step;
  }

  /** Number of distinct profiles. */
  int profiles() {
    return profiles;
  }

  /** Where the profiles begin that have a dimension, for {@link #posting}. */
  int postingStart(int dimension) {
    return body.intAt(postingStartAt + 4L * dimension, 0, entries);
  }

  /** Where they end, exclusive. */
  int postingEnd(int dimension) {
    return body.intAt(postingStartAt + 4 * (dimension + 1L), postingStart(dimension), entries);
  }

  /** The profile at a place of {@link #postingStart}. */
  int posting(int at) {
    return body.intAt(postingAt + 4L * at, 0, profiles - 1);
  }

  /** Weight of a dimension in a profile that has it. */
  float weightIn(int profile, int dimension) {
    int low = start(profile);
    int high = end(profile) - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (dimension(middle) < dimension) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return weight(low);
  }

  private int profileOf(int item) {
    return body.intAt(profileOfAt + 4L * Objects.checkIndex(item, items), -1, profiles - 1);
  }

  double square(int profile) {
    return bytes.get(LittleEndian.DOUBLE, squareAt + 8L * profile);
  }

  private int start(int profile) {
    return body.intAt(startAt + 4L * profile, 0, entries);
  }

  private int end(int profile) {
    return body.intAt(startAt + 4L * (profile + 1L), start(profile), entries);
  }

  int memberStart(int profile) {
    return body.intAt(memberStartAt + 4L * profile, 0, members);
  }

  int memberEnd(int profile) {
    return body.intAt(memberStartAt + 4L * (profile + 1L), memberStart(profile), members);
  }

  int member(int at) {
    return body.intAt(memberAt + 4L * at, 0, items - 1);
  }

  private int dimension(int at) {
    return bytes.get(LittleEndian.INT, dimensionAt + 4L * at);
  }

  private float weight(int at) {
    return bytes.get(LittleEndian.FLOAT, weightAt + 4L * Objects.checkIndex(at, entries));
  }

  private int fieldOf(int dimension) {
    return body.intAt(dimensionFieldAt + 4L * dimension, 0, fields - 1);
  }
}
