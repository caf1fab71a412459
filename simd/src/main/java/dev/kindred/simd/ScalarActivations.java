package dev.kindred.simd;

/** Plain loops in double arithmetic: the specification of the vector kernels. */
final class ScalarActivations implements ActivationKernels {
  @Override
  public void exp(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    for (int i = 0; i < n; i++) {
      target[targetOffset + i] = (float) Math.exp(source[sourceOffset + i]);
    }
  }

  @Override
  public void sigmoid(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    for (int i = 0; i < n; i++) {
      target[targetOffset + i] = (float) (1 / (1 + Math.exp(-source[sourceOffset + i])));
    }
  }

  @Override
  public void softmax(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, source[sourceOffset + i]);
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      float e = (float) Math.exp((double) source[sourceOffset + i] - max);
      target[targetOffset + i] = e;
      sum += e;
    }
    for (int i = 0; i < n; i++) {
      target[targetOffset + i] = (float) (target[targetOffset + i] / sum);
    }
  }

  @Override
  public void softmaxGroups(float[] x, int offset, int groups, int size) {
    for (int g = 0; g < groups; g++) {
      softmax(x, offset + g * size, x, offset + g * size, size);
    }
  }

  @Override
  public void relu(float[] source, int sourceOffset, float[] target, int targetOffset, int n) {
    for (int i = 0; i < n; i++) {
      target[targetOffset + i] = relu(source[sourceOffset + i]);
    }
  }

  /** NaN stays NaN, so that a broken network shows. */
  static float relu(float x) {
    return x < 0 ? 0 : x;
  }
}
