package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Withers;
import org.junit.jupiter.api.Test;

final class ServerOptionsTest {
  @Test
  void eachChangeLeavesTheOthersAsTheyWere() throws ReflectiveOperationException {
    Withers.check(ServerOptions.defaults());
  }

  @Test
  void valuesOutOfRangeAreNamedWithTheRange() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> ServerOptions.defaults().withPort(70_000));
    assertTrue(e.getMessage().contains("port"), e.getMessage());
    assertTrue(e.getMessage().contains("65535"), e.getMessage());
  }
}
