package dev.kindred.simd;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * One byte lane per vector of a group. Looking up among 16 bytes is one instruction on 128-bit
 * vectors everywhere; on wider ones it is several without AVX-512, so all widths use these.
 * Counting bits lane by lane, one instruction with AVX-512 and 14 without, took 1.7 times as long
 * with AVX2.
 */
final class VectorSignCodes implements SignCodeKernels {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final VectorShape SHAPE = Lanes.SPECIES.vectorShape();
  private static final VectorSpecies<Short> SHORTS =
      VectorShape.forBitSize(Math.min(256, SHAPE.vectorBitSize())).withLanes(short.class);
  private static final VectorSpecies<Integer> INTS = SHAPE.withLanes(int.class);
  private static final VectorSpecies<Float> FLOATS = Lanes.SPECIES;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int TABLE = SignCodes.TABLE;

  /** Signs of two pieces: at least a vector of any width. */
  private static final int PAIR = SignCodes.PIECE * SignCodes.PIECES;

  /** Whether one vector of shorts takes the sums of a group. */
  private static final boolean ONE = SHORTS.length() == SignCodes.GROUP;

  private static final int PARTS = SHORTS.length() / Lanes.COUNT;

  @Override
  public long passing(
      MemorySegment block,
      long offset,
      int count,
      int pieces,
      byte[] tables,
      float scale,
      float shift,
      float least) {
    long at = offset + (long) count * Integer.BYTES;
    long numbers = offset;
    long passing = 0;
    for (int first = 0; first < count; first += SignCodes.GROUP) {
      ShortVector low = ShortVector.zero(SHORTS);
      ShortVector high = ShortVector.zero(SHORTS);
      for (int table = 0; table < 2 * pieces * TABLE; table += 4 * TABLE) {
        ByteVector signs0 = ByteVector.fromMemorySegment(BYTES, block, at, ORDER);
        ByteVector signs1 = ByteVector.fromMemorySegment(BYTES, block, at + TABLE, ORDER);
        at += 2 * TABLE;
        // Four sums of four values from -8 to 7 stay within a byte.
        ByteVector sum =
            lower(signs0, tables, table)
                .add(upper(signs0, tables, table + TABLE))
                .add(lower(signs1, tables, table + 2 * TABLE))
                .add(upper(signs1, tables, table + 3 * TABLE));
        low = low.add((ShortVector) sum.convertShape(VectorOperators.B2S, SHORTS, 0));
        if (!ONE) {
          high = high.add((ShortVector) sum.convertShape(VectorOperators.B2S, SHORTS, 1));
        }
      }
      for (int part = 0; part < PARTS; part++) {
        int lane = first + part * Lanes.COUNT;
        passing |= atLeast(block, numbers, low, part, scale, shift, least) << lane;
        if (!ONE) {
          long there = numbers + (long) SHORTS.length() * Integer.BYTES;
          passing |=
              atLeast(block, there, high, part, scale, shift, least) << SHORTS.length() + lane;
        }
      }
      numbers += SignCodes.GROUP * Integer.BYTES;
    }
    return passing;
  }

  @Override
  public void residual(
      float[] centre,
      float[] other,
      MemorySegment vectors,
      long offset,
      int n,
      byte[] signs,
      float[] sums) {
    FloatVector squared = FloatVector.zero(FLOATS);
    FloatVector absolute = squared;
    FloatVector signed = squared;
    FloatVector along = squared;
    for (int first = 0; first < n; first += PAIR) {
      int set = 0;
      for (int lane = 0; lane < PAIR; lane += Lanes.COUNT) {
        int k = first + lane;
        FloatVector own = FloatVector.fromArray(FLOATS, centre, k);
        FloatVector d =
            FloatVector.fromMemorySegment(FLOATS, vectors, offset + (long) k * Float.BYTES, ORDER)
                .sub(own);
        VectorMask<Float> up = d.compare(VectorOperators.GE, 0f);
        squared = d.fma(d, squared);
        absolute = absolute.add(d.abs());
        signed = signed.add(own.neg().blend(own, up));
        along = d.fma(FloatVector.fromArray(FLOATS, other, k), along);
        set |= (int) up.toLong() << lane;
      }
      signs[first / SignCodes.PIECE] = (byte) set;
      signs[first / SignCodes.PIECE + 1] = (byte) (set >> SignCodes.PIECE);
    }
    sums[0] = Lanes.sum(squared);
    sums[1] = Lanes.sum(absolute);
    sums[2] = Lanes.sum(signed);
    sums[3] = Lanes.sum(along);
  }

  private static ByteVector lower(ByteVector signs, byte[] tables, int table) {
    // The lookup takes an index modulo 16.
    return signs.selectFrom(ByteVector.fromArray(BYTES, tables, table));
  }

  private static ByteVector upper(ByteVector signs, byte[] tables, int table) {
    return lower(
        signs.reinterpretAsShorts().lanewise(VectorOperators.LSHR, 4).reinterpretAsBytes(),
        tables,
        table);
  }

  private static long atLeast(
      MemorySegment block,
      long numbersAt,
      ShortVector sums,
      int part,
      float scale,
      float shift,
      float least) {
    IntVector sum = (IntVector) sums.convertShape(VectorOperators.S2I, INTS, part);
    IntVector numbers =
        IntVector.fromMemorySegment(
            INTS, block, numbersAt + (long) part * Lanes.COUNT * Integer.BYTES, ORDER);
    FloatVector dot =
        ((FloatVector) sum.convertShape(VectorOperators.I2F, FLOATS, 0))
            .fma(FloatVector.broadcast(FLOATS, scale), FloatVector.broadcast(FLOATS, shift));
    FloatVector addend = numbers.and(0xFFFF0000).reinterpretAsFloats();
    FloatVector factor = numbers.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    return factor.fma(dot, addend).compare(VectorOperators.GE, least).toLong();
  }
}
