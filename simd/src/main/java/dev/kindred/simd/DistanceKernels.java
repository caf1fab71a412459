package dev.kindred.simd;

import java.lang.foreign.MemorySegment;

/**
 * What {@link Distances} delegates to; arguments are checked there.
 *
 * <p>Segments are native (mapped or off heap): a heap segment in the same code would make every
 * access to any segment a virtual call.
 */
interface DistanceKernels {
  float dot(float[] a, int aOffset, float[] b, int bOffset, int n);

  float dot(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n);

  float dot(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n);

  float squaredL2(float[] a, int aOffset, float[] b, int bOffset, int n);

  float squaredL2(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n);

  float squaredL2(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n);

  float cosine(float[] a, int aOffset, float[] b, int bOffset, int n);

  float cosine(float[] a, int aOffset, MemorySegment b, long bOffsetBytes, int n);

  float cosine(MemorySegment a, long aOffsetBytes, MemorySegment b, long bOffsetBytes, int n);

  float norm(float[] a, int offset, int n);

  float normalize(float[] a, int offset, int n);

  void axpy(float alpha, float[] x, int xOffset, float[] y, int yOffset, int n);

  void scale(float alpha, float[] x, int xOffset, int n);

  void dotRows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores);

  void squaredL2Rows(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      int[] ordinals,
      int from,
      int to,
      int n,
      float[] scores);

  void dotRange(
      float[] query,
      int queryOffset,
      MemorySegment rows,
      long strideBytes,
      long firstRow,
      int count,
      int n,
      float[] scores,
      int scoresOffset);

  void dotRange(
      float[] query,
      int queryOffset,
      float[] rows,
      int rowsOffset,
      int stride,
      int count,
      int n,
      float[] scores,
      int scoresOffset);
}
