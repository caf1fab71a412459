package dev.kindred.simd;

import static dev.kindred.simd.Lanes.COUNT;
import static dev.kindred.simd.Lanes.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Four panels at a time, so that memory is read in four streams, and a short pass over the sums:
 * one method for both would be more than the first of the JVM's compilers takes, and the second
 * never gets what the first refuses.
 */
final class VectorCompact implements CompactKernels {
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int BYTES = COUNT * Integer.BYTES;

  /** From first to second ints. */
  private static final int SECOND = CompactMatrix.PANEL_VECTORS * BYTES;

  @Override
  public int lanes() {
    return COUNT;
  }

  @Override
  public void multiply(
      float[] a, int aOffset, CompactMatrix b, float[] bias, boolean relu, float[] c, int cOffset) {
    int triples = b.rows() / 3;
    for (int j = 0; j < b.columns(); j += CompactMatrix.VECTORS * COUNT) {
      sum(a, aOffset, triples, b, j, c, cOffset + j);
    }
    finish(a, aOffset, triples, b, bias, relu ? 0 : Float.NEGATIVE_INFINITY, c, cOffset);
  }

  /**
   * The columns of eight vectors from {@code j} on: c = what whole triples of rows add.
   *
   * <p>The compiler must not see that the loop counts by a constant. To a loop that does it gives a
   * nest of loops, and often two copies of it, that take the checks of sixteen places out of the
   * inner one: 35 ns before the first product, for checks that cost nothing while memory is waited
   * for.
   */
  private static void sum(
      float[] a, int a0, int triples, CompactMatrix matrix, int j, float[] c, int c0) {
    MemorySegment b = matrix.data;
    long step = matrix.pairBytes;
    long end = triples * step;
    long panel = matrix.pairs() * step;
    long b0 = j / (CompactMatrix.PANEL_VECTORS * COUNT) * panel;
    long b1 = b0 + panel;
    long b2 = b1 + panel;
    long b3 = b2 + panel;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    FloatVector s4 = FloatVector.zero(SPECIES);
    FloatVector s5 = FloatVector.zero(SPECIES);
    FloatVector s6 = FloatVector.zero(SPECIES);
    FloatVector s7 = FloatVector.zero(SPECIES);
    int t = 0;
    for (long at = 0; at < end; at += step, t++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + 3 * t]);
      FloatVector y = FloatVector.broadcast(SPECIES, a[a0 + 3 * t + 1]);
      FloatVector z = FloatVector.broadcast(SPECIES, a[a0 + 3 * t + 2]);
      IntVector p0 = IntVector.fromMemorySegment(INTS, b, b0 + at, ORDER);
      IntVector q0 = IntVector.fromMemorySegment(INTS, b, b0 + at + SECOND, ORDER);
      s0 = x.fma(p0.convertShape(VectorOperators.I2F, SPECIES, 0), s0);
      s0 = y.fma(q0.convertShape(VectorOperators.I2F, SPECIES, 0), s0);
      s0 =
          z.fma(
              p0.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q0.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s0);
      IntVector p1 = IntVector.fromMemorySegment(INTS, b, b0 + at + BYTES, ORDER);
      IntVector q1 = IntVector.fromMemorySegment(INTS, b, b0 + at + BYTES + SECOND, ORDER);
      s1 = x.fma(p1.convertShape(VectorOperators.I2F, SPECIES, 0), s1);
      s1 = y.fma(q1.convertShape(VectorOperators.I2F, SPECIES, 0), s1);
      s1 =
          z.fma(
              p1.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q1.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s1);
      IntVector p2 = IntVector.fromMemorySegment(INTS, b, b1 + at, ORDER);
      IntVector q2 = IntVector.fromMemorySegment(INTS, b, b1 + at + SECOND, ORDER);
      s2 = x.fma(p2.convertShape(VectorOperators.I2F, SPECIES, 0), s2);
      s2 = y.fma(q2.convertShape(VectorOperators.I2F, SPECIES, 0), s2);
      s2 =
          z.fma(
              p2.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q2.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s2);
      IntVector p3 = IntVector.fromMemorySegment(INTS, b, b1 + at + BYTES, ORDER);
      IntVector q3 = IntVector.fromMemorySegment(INTS, b, b1 + at + BYTES + SECOND, ORDER);
      s3 = x.fma(p3.convertShape(VectorOperators.I2F, SPECIES, 0), s3);
      s3 = y.fma(q3.convertShape(VectorOperators.I2F, SPECIES, 0), s3);
      s3 =
          z.fma(
              p3.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q3.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s3);
      IntVector p4 = IntVector.fromMemorySegment(INTS, b, b2 + at, ORDER);
      IntVector q4 = IntVector.fromMemorySegment(INTS, b, b2 + at + SECOND, ORDER);
      s4 = x.fma(p4.convertShape(VectorOperators.I2F, SPECIES, 0), s4);
      s4 = y.fma(q4.convertShape(VectorOperators.I2F, SPECIES, 0), s4);
      s4 =
          z.fma(
              p4.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q4.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s4);
      IntVector p5 = IntVector.fromMemorySegment(INTS, b, b2 + at + BYTES, ORDER);
      IntVector q5 = IntVector.fromMemorySegment(INTS, b, b2 + at + BYTES + SECOND, ORDER);
      s5 = x.fma(p5.convertShape(VectorOperators.I2F, SPECIES, 0), s5);
      s5 = y.fma(q5.convertShape(VectorOperators.I2F, SPECIES, 0), s5);
      s5 =
          z.fma(
              p5.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q5.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s5);
      IntVector p6 = IntVector.fromMemorySegment(INTS, b, b3 + at, ORDER);
      IntVector q6 = IntVector.fromMemorySegment(INTS, b, b3 + at + SECOND, ORDER);
      s6 = x.fma(p6.convertShape(VectorOperators.I2F, SPECIES, 0), s6);
      s6 = y.fma(q6.convertShape(VectorOperators.I2F, SPECIES, 0), s6);
      s6 =
          z.fma(
              p6.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q6.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s6);
      IntVector p7 = IntVector.fromMemorySegment(INTS, b, b3 + at + BYTES, ORDER);
      IntVector q7 = IntVector.fromMemorySegment(INTS, b, b3 + at + BYTES + SECOND, ORDER);
      s7 = x.fma(p7.convertShape(VectorOperators.I2F, SPECIES, 0), s7);
      s7 = y.fma(q7.convertShape(VectorOperators.I2F, SPECIES, 0), s7);
      s7 =
          z.fma(
              p7.lanewise(VectorOperators.LSHL, 21)
                  .lanewise(VectorOperators.XOR, q7.lanewise(VectorOperators.LSHL, 10))
                  .convertShape(VectorOperators.I2F, SPECIES, 0),
              s7);
    }
    s0.intoArray(c, c0);
    s1.intoArray(c, c0 + COUNT);
    s2.intoArray(c, c0 + 2 * COUNT);
    s3.intoArray(c, c0 + 3 * COUNT);
    s4.intoArray(c, c0 + 4 * COUNT);
    s5.intoArray(c, c0 + 5 * COUNT);
    s6.intoArray(c, c0 + 6 * COUNT);
    s7.intoArray(c, c0 + 7 * COUNT);
  }

  /** c = act(scales (c + what the last one or two rows add, if they are no triple) + bias). */
  private static void finish(
      float[] a,
      int a0,
      int triples,
      CompactMatrix b,
      float[] bias,
      float least,
      float[] c,
      int c0) {
    FloatVector floor = FloatVector.broadcast(SPECIES, least);
    int rest = b.rows() - 3 * triples;
    FloatVector x = FloatVector.broadcast(SPECIES, rest > 0 ? a[a0 + 3 * triples] : 0f);
    FloatVector y = FloatVector.broadcast(SPECIES, rest > 1 ? a[a0 + 3 * triples + 1] : 0f);
    for (int j = 0; j < b.columns(); j += COUNT) {
      FloatVector sum = FloatVector.fromArray(SPECIES, c, c0 + j);
      if (rest > 0) {
        long at = (long) Integer.BYTES * b.at(triples, j);
        IntVector p = IntVector.fromMemorySegment(INTS, b.data, at, ORDER);
        IntVector q = IntVector.fromMemorySegment(INTS, b.data, at + SECOND, ORDER);
        sum = x.fma(p.convertShape(VectorOperators.I2F, SPECIES, 0), sum);
        sum = y.fma(q.convertShape(VectorOperators.I2F, SPECIES, 0), sum);
      }
      sum =
          sum.fma(
              FloatVector.fromArray(SPECIES, b.scales, j), FloatVector.fromArray(SPECIES, bias, j));
      sum.blend(floor, sum.compare(VectorOperators.LT, floor)).intoArray(c, c0 + j);
    }
  }
}
