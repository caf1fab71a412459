package dev.kindred.engine.nn.serve;

import dev.kindred.simd.Activation;
import dev.kindred.simd.Gemm;
import dev.kindred.simd.PackedMatrix;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A mixture of experts that ranks many items for one user: what the first layers make of the user
 * is computed once a request, and what they make of an item is read from a file.
 *
 * <pre>
 *   x = [user | item | pair]
 *   W x + b = (W_user user + b) + W_item item              + W_pair pair
 *              once a request      stored: {@link ItemHalves}   for each item ranked
 * </pre>
 *
 * <p>The pair part holds what depends on user and item both and so can be neither stored nor
 * computed once, such as how often this user met this item; it may be empty, and should be small.
 *
 * <p>The stored half takes 2 bytes or 1 for each output of a first layer ({@link ItemPrecision}),
 * and an item may take no more than a budget: as many whole experts are stored as fit, one or more,
 * and the gates if after all experts there is room for them too. The rest is computed from the
 * items' inputs, the user's half standing in for the biases. With 8 experts of 256 and 40 gates,
 * everything takes 4,176 bytes as halves; of bytes the experts take 2 KiB and everything 2,088.
 *
 * <p>Outputs differ from those of {@link Mmoe#forward}: with halves, which carry 11 bits, in about
 * the fourth digit; with bytes in the third.
 *
 * <p>Immutable; safe for any number of threads, each with its own {@link Request}.
 */
public final class SplitMmoe {
  /** Bytes that an item may take unless stated otherwise. */
  public static final int DEFAULT_BYTES_PER_ITEM = 2048;

  /** Items that are ranked at a time. */
  public static final int BLOCK = Mmoe.BLOCK;

  /** Items whose halves are asked of memory together: those of small networks fit the L1 cache. */
  private static final int AHEAD = 48;

  private final Mmoe network;
  private final int userInputs;
  private final int pairInputs;
  private final ItemPrecision precision;
  private final int hidden;
  private final int depth;
  private final int stored;
  private final boolean gatesStored;

  /**
   * [user inputs x all outputs of first layers]: the experts' one after the other, the gates';
   * filled up to whole vectors, so that no request needs a kernel for what fills none.
   */
  private final PackedMatrix user;

  private final float[] bias;

  /**
   * What is computed of a ranked item in each expert, [(item and pair inputs, or pair inputs where
   * the expert is stored) x hidden]; null where that is nothing. Biases come with the request.
   */
  private final PackedMatrix[] experts;

  /** The same for the gates, filled up to whole vectors. */
  private final PackedMatrix gates;

  /**
   * All experts' side by side and the gates', filled up to whole vectors, where one layer and a
   * stored half is all that they have: one product in place of one more than there are experts.
   * Else null.
   */
  private final PackedMatrix joined;

  /** [item inputs x stored values]: what makes the file. */
  private final PackedMatrix item;

  private final long fingerprint;

  /**
   * Stores halves where everything of an item fits the budget as halves, else bytes.
   *
   * @param userInputs the first columns of the network's input, which describe the user
   * @param bytesPerItem at most this much is stored of an item, one expert or more
   */
  public SplitMmoe(Mmoe network, int userInputs, int bytesPerItem) {
    this(network, userInputs, 0, bytesPerItem);
  }

  private static ItemPrecision bestFor(Mmoe network, int bytesPerItem) {
    int hidden = network.experts().getFirst().layers().getFirst().outputs();
    long values = (long) network.experts().size() * hidden + network.gates().outputs();
    return values * ItemPrecision.HALF.bytes() <= bytesPerItem
        ? ItemPrecision.HALF
        : ItemPrecision.BYTE;
  }

  /**
   * @param userInputs the first columns of the network's input, which describe the user
   * @param pairInputs the last columns, which describe user and item together; may be 0
   * @param bytesPerItem at most this much is stored of an item, one expert or more
   */
  public SplitMmoe(Mmoe network, int userInputs, int pairInputs, int bytesPerItem) {
    this(network, userInputs, pairInputs, bytesPerItem, bestFor(network, bytesPerItem));
  }

  /** Without inputs of the pair. */
  public SplitMmoe(Mmoe network, int userInputs, int bytesPerItem, ItemPrecision precision) {
    this(network, userInputs, 0, bytesPerItem, precision);
  }

  /**
   * @param userInputs the first columns of the network's input, which describe the user
   * @param pairInputs the last columns, which describe user and item together; may be 0
   * @param bytesPerItem at most this much is stored of an item, one expert or more
   * @param precision of what is stored
   */
  public SplitMmoe(
      Mmoe network, int userInputs, int pairInputs, int bytesPerItem, ItemPrecision precision) {
    this.network = network;
    this.userInputs = userInputs;
    this.pairInputs = pairInputs;
    this.precision = precision;
    int count = network.experts().size();
    int inputs = network.inputs();
    if (pairInputs < 0 || userInputs < 1 || (long) userInputs + pairInputs >= inputs) {
      throw new IllegalArgumentException(
          "of %d inputs %d are the user's and %d the pair's; expected 1 or more of the user, 0 or more of the pair, and 1 or more left for the item"
              .formatted(inputs, userInputs, pairInputs));
    }
    depth = network.experts().getFirst().layers().size();
    if (network.experts().getFirst().layers().getFirst().activation() != Activation.RELU) {
      throw new IllegalArgumentException("the first layers of the experts must end with a ReLU");
    }
    hidden = network.experts().getFirst().layers().getFirst().outputs();
    int gateCount = network.gates().outputs();
    int room = bytesPerItem / precision.bytes();
    if (room < hidden) {
      throw new IllegalArgumentException(
          "the budget is %d bytes an item, too little for one expert of %d outputs (%s); allow %d or more, or rank by the network as a whole"
              .formatted(bytesPerItem, hidden, precision, (long) hidden * precision.bytes()));
    }
    stored = Math.min(count, room / hidden);
    gatesStored = stored == count && count * hidden + gateCount <= room;

    DenseLayer[] firsts = new DenseLayer[count + 1];
    for (int e = 0; e < count; e++) {
      firsts[e] = network.experts().get(e).layers().getFirst();
    }
    firsts[count] = network.gates();
    int all = count * hidden + gateCount;
    bias = new float[Lanes.roundUp(all)];
    for (int e = 0, at = 0; e <= count; at += firsts[e++].outputs()) {
      System.arraycopy(firsts[e].bias(), 0, bias, at, firsts[e].outputs());
    }
    user = filled(sideBySide(firsts, 0, userInputs), all);
    int items = itemInputs();
    float[] itemRows =
        sideBySide(Arrays.copyOf(firsts, storedLayers()), userInputs, userInputs + items);
    item = PackedMatrix.pack(itemRows, 0, items, storedValues());
    experts = new PackedMatrix[count];
    for (int e = 0; e < count; e++) {
      experts[e] = computed(firsts[e], e < stored);
    }
    gates = computedGates();
    joined = joined(firsts);
    fingerprint = fingerprint(itemRows);
  }

  /** The weights of what a layer needs beside the user's half and a stored one. */
  private PackedMatrix computed(DenseLayer layer, boolean isStored) {
    int from = isStored ? network.inputs() - pairInputs : userInputs;
    int rows = network.inputs() - from;
    return rows == 0
        ? null
        : PackedMatrix.pack(layer.weight(), from * layer.outputs(), rows, layer.outputs());
  }

  /** The same for the gates, filled up to whole vectors. */
  private PackedMatrix computedGates() {
    int from = gatesStored ? network.inputs() - pairInputs : userInputs;
    DenseLayer[] layers = {network.gates()};
    return from == network.inputs()
        ? null
        : filled(sideBySide(layers, from, network.inputs()), network.gates().outputs());
  }

  /** All first layers side by side, or null where they can't be. */
  private PackedMatrix joined(DenseLayer[] layers) {
    boolean whole = hidden % Lanes.MOST == 0;
    if (depth > 1 || !gatesStored || pairInputs == 0 || !whole) {
      return null;
    }
    return filled(
        sideBySide(layers, network.inputs() - pairInputs, network.inputs()), storedValues());
  }

  /**
   * Rows of so many columns with zeros up to whole vectors. Columns of whole vectors have the same
   * bits whatever stands beside them, and whichever columns of zeros of the inputs are left out.
   */
  private static PackedMatrix filled(float[] rows, int width) {
    int count = rows.length / width;
    int filledWidth = Lanes.roundUp(width);
    float[] filled = new float[count * filledWidth];
    for (int i = 0; i < count; i++) {
      System.arraycopy(rows, i * width, filled, i * filledWidth, width);
    }
    return PackedMatrix.pack(filled, 0, count, filledWidth);
  }

  private int storedLayers() {
    return gatesStored ? network.experts().size() + 1 : stored;
  }

  /** Rows [from, to) of the layers' weights, all columns of a row side by side. */
  private static float[] sideBySide(DenseLayer[] layers, int from, int to) {
    int width = Arrays.stream(layers).mapToInt(DenseLayer::outputs).sum();
    float[] rows = new float[(to - from) * width];
    for (int i = from; i < to; i++) {
      int at = (i - from) * width;
      for (DenseLayer layer : layers) {
        System.arraycopy(layer.weight(), i * layer.outputs(), rows, at, layer.outputs());
        at += layer.outputs();
      }
    }
    return rows;
  }

  private static long fingerprint(float[] values) {
    CRC32C crc = new CRC32C();
    byte[] four = new byte[Float.BYTES];
    for (float value : values) {
      int bits = Float.floatToIntBits(value);
      for (int b = 0; b < four.length; b++) {
        four[b] = (byte) (bits >>> 8 * b);
      }
      crc.update(four, 0, four.length);
    }
    return crc.getValue();
  }

  public Mmoe network() {
    return network;
  }

  public int itemInputs() {
    return network.inputs() - userInputs - pairInputs;
  }

  /** How many experts' first layers are stored. */
  public int storedExperts() {
    return stored;
  }

  /** Whether everything of an item is stored, so that ranking doesn't need its inputs. */
  public boolean complete() {
    return gatesStored;
  }

  /** How a stored value is kept. */
  public ItemPrecision precision() {
    return precision;
  }

  /** Values stored of an item. */
  public int storedValues() {
    return stored * hidden + (gatesStored ? network.gates().outputs() : 0);
  }

  /** CRC32C of the weights that make the stored halves: tells one network's file from another's. */
  long fingerprint() {
    return fingerprint;
  }

  /** target [rows x storedValues] from x [rows x itemInputs]. */
  void storedHalves(float[] x, int rows, float[] target) {
    Gemm.multiply(x, 0, itemInputs(), rows, item, target, 0, storedValues());
  }

  /** One user's half and everything that ranking writes to; for one thread at a time. */
  public static final class Request {
    private final Mmoe.Scratch scratch;
    private final float[] half;

    /** The half with what all stored items have in common. */
    private final float[] base;

    private final float[] first;
    private final float[] bias;
    private final float[] gateBias;
    private boolean begun;

    /** Those of the split, or what {@link #columns} made of them. */
    private PackedMatrix[] experts;

    private PackedMatrix gates;
    private PackedMatrix joined;

    /** Room for what {@link #columns} makes; null where there is nothing to be made of. */
    private final PackedMatrix[] fewExperts;

    private final PackedMatrix fewGates;
    private final PackedMatrix fewJoined;

    /** Of no meaning; without it the compiler would see that nobody needs what was touched. */
    private int touched;

    private Request(SplitMmoe split) {
      scratch = split.network.scratch();
      half = new float[split.bias.length];
      base = new float[Lanes.roundUp(split.storedValues())];
      first = new float[BLOCK * Mlp.stride(split.hidden)];
      bias = new float[split.hidden];
      gateBias = new float[Lanes.roundUp(split.network.gates().outputs())];
      fewExperts = new PackedMatrix[split.experts.length];
      boolean apart = split.joined == null && split.gatesStored && split.pairInputs > 0;
      for (int e = 0; apart && e < fewExperts.length; e++) {
        fewExperts[e] = room(split.experts[e]);
      }
      fewGates = apart ? room(split.gates) : null;
      fewJoined = split.joined == null ? null : room(split.joined);
      allColumns(split);
    }

    private static PackedMatrix room(PackedMatrix matrix) {
      return PackedMatrix.withRoom(matrix.rows(), matrix.columns());
    }

    private void allColumns(SplitMmoe split) {
      experts = split.experts;
      gates = split.gates;
      joined = split.joined;
    }

    private void columns(SplitMmoe split, int[] columns, int count) {
      if (split.joined != null) {
        fewJoined.takeRows(split.joined, columns, count);
        joined = fewJoined;
      } else {
        for (int e = 0; e < fewExperts.length; e++) {
          fewExperts[e].takeRows(split.experts[e], columns, count);
        }
        fewGates.takeRows(split.gates, columns, count);
        experts = fewExperts;
        gates = fewGates;
      }
    }
  }

  /** A request for this network, to be used again and again. */
  public Request request() {
    return new Request(this);
  }

  /** Computes the half of a user [userInputs], for all items ranked until the next call. */
  public void begin(Request request, float[] userInput, int offset) {
    Gemm.multiplyBias(
        userInput,
        offset,
        userInputs,
        1,
        user,
        request.half,
        0,
        bias.length,
        bias,
        Activation.NONE);
    request.begun = true;
    request.allColumns(this);
  }

  /**
   * Says that until the next {@link #begin} all inputs of pairs are 0 but some, and that {@code x}
   * holds nothing but those: less to multiply, and the same outputs; to the bit where the experts'
   * first layers have a multiple of {@value Lanes#MOST} outputs.
   *
   * @param columns in [0, pair inputs), rising, the first {@code count} of them
   * @throws IllegalArgumentException if they don't rise
   * @throws IllegalStateException unless everything of an item is stored and pairs have inputs
   */
  public void pairColumns(Request request, int[] columns, int count) {
    if (!gatesStored || pairInputs == 0) {
      throw new IllegalStateException(
          "columns of pairs can be left out only where all else is stored; this stores %d of %d experts and the pairs have %d inputs"
              .formatted(stored, network.experts().size(), pairInputs));
    }
    for (int i = 1; i < count; i++) {
      if (columns[i] <= columns[i - 1]) {
        throw new IllegalArgumentException(
            "column %d of the pairs follows column %d; they must rise"
                .formatted(columns[i], columns[i - 1]));
      }
    }
    request.columns(this, columns, count);
  }

  /**
   * Computes y [count x tasks] for the request's user and the items at ordinals[from, from +
   * count).
   *
   * @param items what is stored of the items
   * @param x [count x (itemInputs + pairInputs)], rows ldx floats apart: the inputs of the same
   *     items; if {@link #complete} only [count x pairInputs], and ignored if there are none; of
   *     these only those that {@link #pairColumns} names
   * @throws IllegalStateException before the first {@link #begin}
   * @throws IllegalArgumentException if the items belong to another network or another budget, or
   *     an ordinal isn't among them
   */
  public void rank(
      Request request,
      ItemHalves items,
      int[] ordinals,
      int from,
      int count,
      float[] x,
      int xOffset,
      int ldx,
      float[] y,
      int yOffset,
      int ldy) {
    if (!request.begun) {
      throw new IllegalStateException("no user yet: call begin before rank");
    }
    items.check(this);
    items.prepare(request.half, request.base);
    for (int i = 0; i < count; i += BLOCK) {
      int n = Math.min(BLOCK, count - i);
      block(request, items, ordinals, from + i, n, x, xOffset + i * ldx, ldx);
      network.finish(n, y, yOffset + i * ldy, ldy, request.scratch);
    }
  }

  private void block(
      Request request,
      ItemHalves items,
      int[] ordinals,
      int from,
      int rows,
      float[] x,
      int xOffset,
      int ldx) {
    float[] first = request.first;
    // Where all is stored, x has but the pairs.
    int xPair = gatesStored ? xOffset : xOffset + itemInputs();
    if (request.joined != null) {
      joined(request, items, ordinals, from, rows, x, xPair, ldx);
      return;
    }
    request.touched += items.touch(ordinals, from, rows);
    boolean last = depth == 1;
    for (int e = 0; e < experts.length; e++) {
      boolean isStored = e < stored;
      PackedMatrix weights = request.experts[e];
      float[] target = last ? request.scratch.outputs : first;
      int targetAt = last ? network.outputAt(e) : 0;
      int ld = last ? network.outputStride() : Mlp.stride(hidden);
      float[] base = isStored ? request.base : request.half;
      int baseAt = e * hidden;
      int baseLd = 0;
      if (weights != null) {
        System.arraycopy(base, baseAt, request.bias, 0, hidden);
        Activation act = isStored ? Activation.NONE : Activation.RELU;
        int at = isStored ? xPair : xOffset;
        Gemm.multiplyBias(x, at, ldx, rows, weights, target, targetAt, ld, request.bias, act);
        base = target;
        baseAt = targetAt;
        baseLd = ld;
      }
      if (isStored) {
        items.addRows(
            base,
            baseAt,
            baseLd,
            e * hidden,
            ordinals,
            from,
            rows,
            hidden,
            target,
            targetAt,
            ld,
            Activation.RELU);
      }
      if (!last) {
        network.expert(e, 1, first, 0, ld, rows, request.scratch);
      }
    }
    gates(request, items, ordinals, from, rows, x, gatesStored ? xPair : xOffset, ldx);
  }

  /** One product for all experts and the gates. */
  private void joined(
      Request request,
      ItemHalves items,
      int[] ordinals,
      int from,
      int rows,
      float[] x,
      int xPair,
      int ldx) {
    float[] target = request.scratch.outputs;
    float[] scores = request.scratch.gates;
    int ld = network.outputStride();
    int width = experts.length * hidden;
    int gateCount = network.gates().outputs();
    Gemm.multiplyBias(
        x, xPair, ldx, rows, request.joined, target, 0, ld, request.base, Activation.NONE);
    for (int i = 0; i < rows; i += AHEAD) {
      int n = Math.min(AHEAD, rows - i);
      int at = i * ld;
      int score = i * gateCount;
      request.touched += items.touch(ordinals, from + i, n);
      items.addRows(
          target, at, ld, 0, ordinals, from + i, n, width, target, at, ld, Activation.RELU);
      items.addRows(
          target,
          at + width,
          ld,
          width,
          ordinals,
          from + i,
          n,
          gateCount,
          scores,
          score,
          gateCount,
          Activation.NONE);
    }
  }

  private void gates(
      Request request,
      ItemHalves items,
      int[] ordinals,
      int from,
      int rows,
      float[] x,
      int xOffset,
      int ldx) {
    int gateCount = network.gates().outputs();
    int gatesAt = network.experts().size() * hidden;
    float[] scores = request.scratch.gates;
    float[] base = gatesStored ? request.base : request.half;
    int baseAt = gatesAt;
    int baseLd = 0;
    if (request.gates != null) {
      System.arraycopy(base, gatesAt, request.gateBias, 0, gateCount);
      base = request.scratch.outputs;
      baseAt = network.outputAt(experts.length);
      baseLd = network.outputStride();
      Gemm.multiplyBias(
          x,
          xOffset,
          ldx,
          rows,
          request.gates,
          base,
          baseAt,
          baseLd,
          request.gateBias,
          Activation.NONE);
    }
    if (gatesStored) {
      items.addRows(
          base,
          baseAt,
          baseLd,
          gatesAt,
          ordinals,
          from,
          rows,
          gateCount,
          scores,
          0,
          gateCount,
          Activation.NONE);
      return;
    }
    for (int i = 0; i < rows; i++) {
      System.arraycopy(base, baseAt + i * baseLd, scores, i * gateCount, gateCount);
    }
  }
}
