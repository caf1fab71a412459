/** Vector kernels, each with a scalar twin; the one module that knows the Vector API. */
module dev.kindred.simd {
  // Static: without --add-modules jdk.incubator.vector the scalar twins take over.
  requires static jdk.incubator.vector;

  exports dev.kindred.simd;
}
