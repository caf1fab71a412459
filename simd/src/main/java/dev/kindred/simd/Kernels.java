package dev.kindred.simd;

/** The implementation of every kernel, chosen once. The only place that knows the alternatives. */
final class Kernels {
  /** Bits of the vectors in use; 0 = scalar loops. */
  static final int BITS = 0;

  static final DistanceKernels DISTANCES = new ScalarDistances();
  static final GemmKernels GEMM = new ScalarGemm();
  static final SymmetricKernels SYMMETRIC = new ScalarSymmetric();
  static final CholeskyKernels CHOLESKY = new ScalarCholesky();
  static final ActivationKernels ACTIVATIONS = new ScalarActivations();

  private Kernels() {}
}
