package dev.kindred.simd;

/** Independent multiply-adds in registers, as many as keep the units busy. */
interface PeakKernel {
  /** Runs the steps; the result only keeps the compiler from dropping them. */
  float run(int steps);

  /** Floating point operations of one step, two per multiply-add. */
  int flopsPerStep();
}
