package dev.kindred.app.http;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class TokensTest {
  private static final String INGEST = "ingest-0123456789";
  private static final String ADMIN = "admin-01234567890";

  @Test
  void theAdminTokenOpensBothAndTheIngestTokenOne() {
    Tokens tokens = Tokens.of(INGEST, ADMIN);
    assertDoesNotThrow(() -> tokens.check(Route.Access.OPEN, ""));
    assertDoesNotThrow(() -> tokens.check(Route.Access.INGEST, INGEST));
    assertDoesNotThrow(() -> tokens.check(Route.Access.INGEST, ADMIN));
    assertDoesNotThrow(() -> tokens.check(Route.Access.ADMIN, ADMIN));
    assertEquals(403, status(tokens, Route.Access.ADMIN, INGEST));
    assertEquals(403, status(tokens, Route.Access.ADMIN, ADMIN + "x"));
    assertEquals(401, status(tokens, Route.Access.INGEST, ""));
  }

  @Test
  void withoutTokensTheGuardedRoutesAreClosed() {
    assertEquals(403, status(Tokens.none(), Route.Access.ADMIN, ""));
    assertEquals(403, status(Tokens.none(), Route.Access.INGEST, ADMIN));
    assertEquals(403, status(Tokens.of(INGEST, ""), Route.Access.ADMIN, INGEST));
    assertDoesNotThrow(() -> Tokens.of(INGEST, "").check(Route.Access.INGEST, INGEST));
    assertDoesNotThrow(() -> Tokens.of("", ADMIN).check(Route.Access.INGEST, ADMIN));
  }

  @Test
  void aShortTokenIsRefusedWithoutBeingTold() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Tokens.of("secret", ""));
    assertFalse(e.getMessage().contains("secret"), e.getMessage());
    assertTrue(e.getMessage().contains("16"), e.getMessage());
    assertFalse(Tokens.of(INGEST, ADMIN).toString().contains(INGEST));
  }

  private static int status(Tokens tokens, Route.Access access, String given) {
    return assertThrows(Refusal.class, () -> tokens.check(access, given)).status();
  }
}
