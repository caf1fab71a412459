package dev.kindred.engine.nn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 over what is added, in its order: tells whether two models, or the data of two trainings,
 * are the same to the bit.
 *
 * <p>For one thread.
 */
public final class Fingerprint {
  private static final int BLOCK = 4096;

  private final MessageDigest digest;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(Float.BYTES * BLOCK).order(ByteOrder.LITTLE_ENDIAN);

  public Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds the name, the shape and the values of each parameter. */
  public Fingerprint add(List<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      add("%s %d %d\n".formatted(parameter.name(), parameter.rows(), parameter.columns()));
      add(parameter.values());
    }
    return this;
  }

  /** Adds the bytes of a text in UTF-8. */
  public Fingerprint add(String text) {
    flush();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Adds the bits of numbers, all NaN alike. */
  public Fingerprint add(float[] values) {
    for (float value : values) {
      add(value);
    }
    return this;
  }

  /** Adds the bits of a number, all NaN alike. */
  public Fingerprint add(float value) {
    return add(Float.floatToIntBits(value));
  }

  public Fingerprint add(int value) {
    if (buffer.remaining() < Integer.BYTES) {
      flush();
    }
    buffer.putInt(value);
    return this;
  }

  private void flush() {
    digest.update(buffer.flip());
    buffer.clear();
  }

  /** The fingerprint of what has been added, in hex; starts anew. */
  public String hex() {
    flush();
    return HexFormat.of().formatHex(digest.digest());
  }
}
