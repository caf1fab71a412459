package dev.kindred.simd;

/** One multiply and one add each, as in the scalar loops. */
final class ScalarPeak implements PeakKernel {
  @Override
  public int flopsPerStep() {
    return 16;
  }

  @Override
  public float run(int steps) {
    float a = 0;
    float b = 1;
    float c = 2;
    float d = 3;
    float e = 4;
    float f = 5;
    float g = 6;
    float h = 7;
    for (int i = 0; i < steps; i++) {
      a = a * 0.5f + 1;
      b = b * 0.5f + 1;
      c = c * 0.5f + 1;
      d = d * 0.5f + 1;
      e = e * 0.5f + 1;
      f = f * 0.5f + 1;
      g = g * 0.5f + 1;
      h = h * 0.5f + 1;
    }
    return a + b + c + d + e + f + g + h;
  }
}
