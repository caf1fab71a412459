package dev.kindred.simd;

/** What {@link Activations} delegates to; arguments are checked there. */
interface ActivationKernels {
  void exp(float[] source, int sourceOffset, float[] target, int targetOffset, int n);

  void sigmoid(float[] source, int sourceOffset, float[] target, int targetOffset, int n);

  void softmax(float[] source, int sourceOffset, float[] target, int targetOffset, int n);

  void softmaxGroups(float[] x, int offset, int groups, int size);

  void relu(float[] source, int sourceOffset, float[] target, int targetOffset, int n);
}
