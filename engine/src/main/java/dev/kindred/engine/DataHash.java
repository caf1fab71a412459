package dev.kindred.engine;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Searches;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A fingerprint of the samples that a pipeline learned from. */
final class DataHash {
  private static final int CHUNK = 1 << 16;

  private DataHash() {}

  /**
   * SHA-256 over ids, times and values of every sample, in order, and over searches; in
   * hexadecimal.
   */
  static String of(PipelineInput input) {
    Events events = input.events();
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    int objectives = events.objectives().size();
    int rowBytes = 2 * Integer.BYTES + Long.BYTES + objectives * Float.BYTES;
    for (int row = 0; row < events.size(); row++) {
      if (buffer.remaining() < rowBytes) {
        digest.update(buffer.flip());
        buffer.clear();
      }
      buffer.putInt(events.user(row)).putInt(events.item(row)).putLong(events.time(row));
      for (int k = 0; k < objectives; k++) {
        buffer.putFloat(events.value(k, row));
      }
    }
    digest.update(buffer.flip());
    for (int item = 0; item < events.items().size(); item++) {
      digest.update(events.items().idOf(item).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    Searches searches = input.searches();
    if (!searches.isEmpty()) {
      searches(searches, digest);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void searches(Searches searches, MessageDigest digest) {
    ByteBuffer entry = ByteBuffer.allocate(2 * Integer.BYTES + Long.BYTES);
    for (int user = 0; user < searches.users().size(); user++) {
      for (int i = searches.start(user); i < searches.end(user); i++) {
        entry.clear().putInt(user).putInt(searches.token(i)).putLong(searches.time(i)).flip();
        digest.update(entry);
      }
    }
    for (int token = 0; token < searches.vocabulary().size(); token++) {
      digest.update(searches.vocabulary().idOf(token).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
