package dev.kindred.index.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SplitMix64Test {
  @Test
  void stepsFromZeroGiveTheNumbersOfTheReferenceGenerator() {
    assertEquals(0xE220A8397B1DCDAFL, SplitMix64.mix(SplitMix64.GAMMA));
    assertEquals(0x6E789E6AA1B965F4L, SplitMix64.mix(2 * SplitMix64.GAMMA));
    assertEquals(0x06C45D188009454FL, SplitMix64.mix(3 * SplitMix64.GAMMA));
  }
}
