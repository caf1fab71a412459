package dev.kindred.simd;

import java.lang.System.Logger.Level;

/** The implementation of every kernel, chosen once. The only place that knows the alternatives. */
final class Kernels {
  /** Overrides the width, for tests and comparisons. */
  static final String PROPERTY = "kindred.simd.bits";

  private static final String MODULE = "jdk.incubator.vector";

  /** Bits of the vectors in use; 0 = scalar loops. First, because the kernels read it. */
  static final int BITS = choose(System.getProperty(PROPERTY));

  static final DistanceKernels DISTANCES =
      BITS == 0 ? new ScalarDistances() : new VectorDistances();
  static final GemmKernels GEMM = BITS == 0 ? new ScalarGemm() : new VectorGemm();
  static final CompactKernels COMPACT = BITS == 0 ? new ScalarCompact() : new VectorCompact();
  static final SymmetricKernels SYMMETRIC =
      BITS == 0 ? new ScalarSymmetric() : new VectorSymmetric();
  static final PeakKernel PEAK = BITS == 0 ? new ScalarPeak() : new VectorPeak();
  static final PanelKernels PANELS = BITS == 0 ? new ScalarPanels() : new VectorPanels();
  static final MixtureKernels MIXTURES = BITS == 0 ? new ScalarMixtures() : new VectorMixtures();
  static final TiledPanelKernels TILED_PANELS =
      BITS == 0 ? new ScalarTiledPanels() : new VectorTiledPanels();
  static final CholeskyKernels CHOLESKY = BITS == 0 ? new ScalarCholesky() : new VectorCholesky();
  static final BatchedCholeskyKernels BATCHED_CHOLESKY =
      BITS == 0 ? new ScalarBatchedCholesky(8) : new VectorBatchedCholesky();
  static final CodeKernels CODES = BITS == 0 ? new ScalarCodes() : new VectorCodes();
  static final SignCodeKernels SIGN_CODES =
      BITS == 0 ? new ScalarSignCodes() : new VectorSignCodes();
  static final ActivationKernels ACTIVATIONS =
      BITS == 0 ? new ScalarActivations() : new VectorActivations();

  static final HalfFloatKernels HALF_FLOATS =
      BITS == 0 ? new ScalarHalfFloats() : new VectorHalfFloats();
  static final ScaledByteKernels SCALED_BYTES =
      BITS == 0 ? new ScalarScaledBytes() : new VectorScaledBytes();

  static final SortedKernels SORTED = BITS == 0 ? new ScalarSorted() : new VectorSorted();

  private Kernels() {}

  static boolean vectorApiPresent() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  private static int choose(String wanted) {
    if (wanted != null && !wanted.matches("0|128|256|512")) {
      throw new IllegalArgumentException(
          "System property " + PROPERTY + " is '" + wanted + "'; it must be 0, 128, 256 or 512");
    }
    if ("0".equals(wanted)) {
      return 0;
    }
    if (!vectorApiPresent()) {
      System.getLogger("dev.kindred.simd")
          .log(
              Level.WARNING,
              "The Vector API is missing, so Kindred runs on scalar loops, several times slower."
                  + " Start java with --add-modules "
                  + MODULE
                  + " to get the fast kernels.");
      return 0;
    }
    return wanted == null ? VectorWidth.preferredBits() : Integer.parseInt(wanted);
  }
}
