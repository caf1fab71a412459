package dev.kindred.app.output;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
  @Test
  void threeDigitsInTheLargestUnitOfWhichThereIsOne() {
    assertEquals("0 bytes", ByteSize.text(0));
    assertEquals("1023 bytes", ByteSize.text(1023));
    assertEquals("1.00 KiB", ByteSize.text(1024));
    assertEquals("10.0 KiB", ByteSize.text(10 * 1024 - 1));
    assertEquals("1.00 MiB", ByteSize.text((1 << 20) - 1));
    assertEquals("4.70 MiB", ByteSize.text(4_928_307));
    assertEquals("291 MiB", ByteSize.text(291L << 20));
    assertEquals("8.00 GiB", ByteSize.text(8L << 30));
    assertEquals("8,388,608 TiB", ByteSize.text(Long.MAX_VALUE));
  }
}
