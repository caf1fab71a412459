package dev.kindred.engine.content;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.index.file.Body;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CheckedFileWriter;
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

  private static final String KIND = "kgate";
  private static final int VERSION = 1;
  private static final int OPTIONS = 5;
  private static final int MOST = Integer.MAX_VALUE - 1;

  /** The vector of a profile that is not in the gate. Immutable. */
  public static final class Vector {
    private final int[] dimensions; // ascending
    private final float[] weights;
    private final double square;

    private Vector(int[] dimensions, float[] weights) {
      this.dimensions = dimensions;
      this.weights = weights;
      double sum = 0;
      for (float weight : weights) {
        sum += (double) weight * weight;
      }
      square = sum;
    }

    /** Whether no value of the profile is known to the gate: it is similar to nothing. */
    public boolean isEmpty() {
      return dimensions.length == 0;
    }

    /** Cosine with another such vector. */
    public float cosine(Vector other) {
      double dot = 0;
      int i = 0;
      int j = 0;
      while (i < dimensions.length && j < other.dimensions.length) {
        int a = dimensions[i];
        int b = other.dimensions[j];
        if (a == b) {
          dot += (double) weights[i] * other.weights[j];
        }
        i += a <= b ? 1 : 0;
        j += b <= a ? 1 : 0;
      }
      double squares = square * other.square;
      return squares == 0 ? 0 : (float) (dot / Math.sqrt(squares));
    }
  }

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
    ProfileVectors vectors = ProfileVectors.of(catalogue, options);
    int profiles = vectors.profiles();
    try (CheckedFileWriter out = CheckedFileWriter.create(path, KIND, VERSION)) {
      out.writeDouble(options.threshold());
      out.writeDouble(options.floor());
      out.writeDouble(options.step());
      out.writeDouble(options.minCandidates());
      out.writeDouble(options.maxPerItem());
      for (int p = 0; p < profiles; p++) {
        out.writeDouble(vectors.square(p));
      }
      int members = 0;
      for (int item = 0; item < vectors.items(); item++) {
        out.writeInt(vectors.profileOf(item));
        members += vectors.profileOf(item) >= 0 ? 1 : 0;
      }
      out.writeInt(0);
      for (int p = 0; p < profiles; p++) {
        out.writeInt(vectors.memberEnd(p));
      }
      for (int i = 0; i < members; i++) {
        out.writeInt(vectors.member(i));
      }
      out.writeInt(0);
      for (int p = 0; p < profiles; p++) {
        out.writeInt(vectors.end(p));
      }
      for (int i = 0; i < vectors.entries(); i++) {
        out.writeInt(vectors.dimension(i));
      }
      for (int i = 0; i < vectors.entries(); i++) {
        out.writeFloat(vectors.weight(i));
      }
      writePostings(out, vectors);
      int values = writeValues(out, catalogue, options, vectors);
      out.count(0, vectors.items());
      out.count(1, profiles);
      out.count(2, vectors.entries());
      out.count(3, members);
      out.count(4, vectors.dimensionCount());
      out.count(5, textFields(catalogue).length);
      out.count(6, values);
      out.count(7, options.balanceFields() ? 1 : 0);
      out.commit();
    }
  }

  private static void writePostings(CheckedFileWriter out, ProfileVectors vectors)
      throws IOException {
    int[] starts = new int[vectors.dimensionCount() + 1];
    for (int i = 0; i < vectors.entries(); i++) {
      starts[vectors.dimension(i) + 1]++;
    }
    for (int d = 0; d < vectors.dimensionCount(); d++) {
      starts[d + 1] += starts[d];
    }
    int[] postings = new int[vectors.entries()];
    int[] next = starts.clone();
    for (int p = 0; p < vectors.profiles(); p++) {
      for (int i = vectors.start(p); i < vectors.end(p); i++) {
        postings[next[vectors.dimension(i)]++] = p;
      }
    }
    out.writeInts(starts, 0, starts.length);
    out.writeInts(postings, 0, postings.length);
  }

  /** What turns a new profile into a vector; returns the number of values. */
  private static int writeValues(
      CheckedFileWriter out, Catalogue catalogue, ContentOptions options, ProfileVectors vectors)
      throws IOException {
    int[] fields = textFields(catalogue);
    int[] dimensionField = new int[vectors.dimensionCount()];
    int[] valueDimension = new int[0];
    for (int f = 0; f < fields.length; f++) {
      int before = valueDimension.length;
      int[] own = vectors.dimensionsOf(fields[f]);
      valueDimension = Arrays.copyOf(valueDimension, Math.addExact(before, own.length));
      System.arraycopy(own, 0, valueDimension, before, own.length);
      for (int dimension : own) {
        if (dimension >= 0) {
          dimensionField[dimension] = f;
        }
      }
    }
    for (int d = 0; d < dimensionField.length; d++) {
      out.writeFloat(vectors.valueWeight(d));
    }
    out.writeInts(dimensionField, 0, dimensionField.length);
    for (int field : fields) {
      out.writeDouble(ProfileVectors.fieldWeight(catalogue.fields().get(field), options));
    }
    out.writeInts(valueDimension, 0, valueDimension.length);
    return valueDimension.length;
  }

  /** Places of the fields of text in the catalogue: those that profile tables number values of. */
  private static int[] textFields(Catalogue catalogue) {
    int[] fields = new int[catalogue.fields().size()];
    int count = 0;
    for (int f = 0; f < fields.length; f++) {
      if (catalogue.fields().get(f).kind() != FieldSpec.Kind.NUMERIC) {
        fields[count++] = f;
      }
    }
    return Arrays.copyOf(fields, count);
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
  public float cosine(Vector vector, int item) {
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
  public Vector vector(int[] profile) {
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
    return new Vector(at, weights);
  }

  /** What a search writes to; one per thread. Takes a float per profile. */
  public Search newSearch() {
    return new Search();
  }

  /** Finds the items that a new profile may be related to, as the join would. */
  public final class Search {
    private final double[] dots = new double[profiles];
    private int[] met = new int[256];
    private int count;
    private double least;

    private Search() {}

    /** The threshold that the last call of {@link #candidates} went down to. */
    public double least() {
      return least;
    }

    /**
     * The items that are at least so similar to a new profile.
     *
     * @param most items kept, the best
     * @return sorted, similarity as score
     */
    public BestItems atLeast(Vector vector, double similarity, int most) {
      scan(vector);
      return take(similarity, most);
    }

    /**
     * The candidates of a new profile: its best items with a similarity of at least e, lowered as
     * far as it needs to have enough.
     *
     * @return sorted, similarity as score; empty for an empty vector
     */
    public BestItems candidates(Vector vector) {
      scan(vector);
      least = leastSimilarity();
      return take(least, maxPerItem());
    }

    /** met[0, count) = profiles with a dimension in common, dots[p] = their cosines. */
    private void scan(Vector vector) {
      count = 0;
      for (int i = 0; i < vector.dimensions.length; i++) {
        long d = vector.dimensions[i];
        int from = body.intAt(postingStartAt + 4 * d, 0, entries);
        int to = body.intAt(postingStartAt + 4 * (d + 1), from, entries);
        for (int at = from; at < to; at++) {
          int p = body.intAt(postingAt + 4L * at, 0, profiles - 1);
          if (dots[p] == 0) {
            if (count == met.length) {
              met = Arrays.copyOf(met, 2 * count);
            }
            met[count++] = p;
          }
          dots[p] += (double) weightIn(p, (int) d) * vector.weights[i];
        }
      }
      for (int m = 0; m < count; m++) {
        dots[met[m]] /= Math.sqrt(square(met[m]) * vector.square);
      }
    }

    private BestItems take(double similarity, int most) {
      BestItems best = new BestItems(most);
      for (int m = 0; m < count; m++) {
        int p = met[m];
        if (dots[p] >= similarity) {
          int to = (int) Math.min(memberEnd(p), (long) memberStart(p) + most);
          for (int i = memberStart(p); i < to; i++) {
            best.offer(member(i), (float) dots[p]);
          }
        }
        dots[p] = 0;
      }
      best.sort();
      return best;
    }

    /** e, lowered step by step while there are too few items at or above it. */
    private double leastSimilarity() {
      double similarity = threshold;
      for (int lowered = 1; similarity > floor && !enough(similarity); lowered++) {
        similarity = Math.max(floor, threshold - lowered * step);
      }
      return similarity;
    }

    private boolean enough(double similarity) {
      long found = 0;
      for (int m = 0; m < count; m++) {
        found += dots[met[m]] >= similarity ? memberEnd(met[m]) - memberStart(met[m]) : 0;
      }
      return found >= minCandidates();
    }
  }

  /** Weight of a dimension in a profile that has it. */
  private float weightIn(int profile, int dimension) {
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

  private double square(int profile) {
    return bytes.get(LittleEndian.DOUBLE, squareAt + 8L * profile);
  }

  private int start(int profile) {
    return body.intAt(startAt + 4L * profile, 0, entries);
  }

  private int end(int profile) {
    return body.intAt(startAt + 4L * (profile + 1L), start(profile), entries);
  }

  private int memberStart(int profile) {
    return body.intAt(memberStartAt + 4L * profile, 0, members);
  }

  private int memberEnd(int profile) {
    return body.intAt(memberStartAt + 4L * (profile + 1L), memberStart(profile), members);
  }

  private int member(int at) {
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
