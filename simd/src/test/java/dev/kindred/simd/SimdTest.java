package dev.kindred.simd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SimdTest {
  @Test
  void widthIsTheOneAskedFor() {
    String wanted = System.getProperty(Kernels.PROPERTY);
    if (Kernels.vectorApiPresent() && wanted != null) {
      assertEquals(Integer.parseInt(wanted), Simd.bits());
    }
    String width = Simd.bits() == 0 ? "scalar" : Integer.toString(Simd.bits());
    assertTrue(Simd.description().contains(width), Simd.description());
  }
}
