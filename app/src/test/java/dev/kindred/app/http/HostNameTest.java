package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HostNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "::1",
        "::",
        "2001:db8::7",
        "fe80::1%eth0",
        "localhost",
        "kindred-1.example.org",
        "kindred_app",
        "example.org.",
        "4you"
      })
  void addressesAndNamesAreWellFormed(String host) {
    assertTrue(HostName.isWellFormed(host), host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "not a host",
        "300.1.2.3",
        "1.2.3.4.5",
        "::1::",
        "host:7070",
        "http://host",
        "a..b",
        "-a.b",
        "caf\u00e9",
        "[::1]x"
      })
  void otherTextsAreNot(String host) {
    assertFalse(HostName.isWellFormed(host), host);
  }

  @Test
  void addressesWithColonsStandInBrackets() {
    assertEquals("[::1]:7070", HostName.withPort("::1", 7070));
    assertEquals("127.0.0.1:7070", HostName.withPort("127.0.0.1", 7070));
  }
}
