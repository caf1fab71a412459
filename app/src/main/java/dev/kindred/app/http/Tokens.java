package dev.kindred.app.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Who may change what: a token for ingest, one for administration, which may ingest too. Without a
 * token the routes that want it are closed. Compared in a time that doesn't depend on where the
 * first wrong letter is. Immutable; never printed.
 */
public final class Tokens {
  /** Shorter ones can be guessed. */
  public static final int LEAST_LETTERS = 16;

  private static final Tokens NONE = new Tokens(new byte[0], new byte[0]);

  private final byte[] ingest;
  private final byte[] admin;

  private Tokens(byte[] ingest, byte[] admin) {
    this.ingest = ingest;
    this.admin = admin;
  }

  /** Nobody may change anything. */
  public static Tokens none() {
    return NONE;
  }

  /**
   * Two tokens, "" for none.
   *
   * @throws IllegalArgumentException if one is too short
   */
  public static Tokens of(String ingest, String admin) {
    return new Tokens(checked("ingest", ingest), checked("admin", admin));
  }

  /**
   * Lets a request pass or not.
   *
   * @throws Refusal 401 without a token, 403 with a wrong one or where none is set
   */
  public void check(Route.Access access, String given) {
    if (access == Route.Access.OPEN) {
      return;
    }
    if (admin.length == 0 && (access == Route.Access.ADMIN || ingest.length == 0)) {
      throw new Refusal(
          403,
          "closed",
          "this route is closed: the server has no "
              + (access == Route.Access.ADMIN ? "admin" : "ingest")
              + " token; set it under [tokens] or in the environment");
    }
    if (given.isEmpty()) {
      throw new Refusal(401, "token-missing", "this route needs 'Authorization: Bearer TOKEN'");
    }
    byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
    boolean isAdmin = matches(admin, bytes);
    boolean isIngest = matches(ingest, bytes);
    if (!isAdmin && !(isIngest && access == Route.Access.INGEST)) {
      throw new Refusal(403, "token-wrong", "the token isn't the one for this route");
    }
  }

  private static boolean matches(byte[] expected, byte[] given) {
    return MessageDigest.isEqual(expected, given) && expected.length > 0;
  }

  private static byte[] checked(String name, String token) {
    if (!token.isEmpty() && token.length() < LEAST_LETTERS) {
      throw new IllegalArgumentException(
          name
              + " token has "
              + token.length()
              + " letters, must have at least "
              + LEAST_LETTERS
              + "; make one with 'openssl rand -hex 24'");
    }
    return token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "Tokens[ingest " + set(ingest) + ", admin " + set(admin) + "]";
  }

  private static String set(byte[] token) {
    return token.length == 0 ? "not set" : "set";
  }
}
