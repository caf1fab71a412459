package dev.kindred.index;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands at the start of a NumPy file: element size and shape [rows x dim].
 *
 * <p>Source: NumPy's "A simple file format for NumPy arrays", versions 1.0 to 3.0.
 */
record NpyHeader(int elementBytes, long rows, int dim) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

  /** Reads the header; the stream then stands at the first row. */
  static NpyHeader read(InputStream in, Path path) throws IOException {
    byte[] start = in.readNBytes(8);
    boolean magic = start.length == 8;
    for (int i = 0; magic && i < MAGIC.length; i++) {
      magic = start[i] == MAGIC[i];
    }
    if (!magic) {
      throw new BadVectorFileException(
          path, "isn't a NumPy file; write one with numpy.save(name, array)");
    }
    int lengthBytes = start[6] == 1 ? 2 : 4;
    byte[] lengthField = in.readNBytes(lengthBytes);
    if (lengthField.length < lengthBytes) {
      throw cut(path);
    }
    ByteBuffer field = ByteBuffer.wrap(lengthField).order(ByteOrder.LITTLE_ENDIAN);
    int length = lengthBytes == 2 ? field.getShort() & 0xFFFF : field.getInt();
    if (length < 0 || length > MAX_HEADER) {
      throw new BadVectorFileException(
          path,
          "its header would be " + Integer.toUnsignedString(length) + " bytes; save it again");
    }
    byte[] text = in.readNBytes(length);
    if (text.length < length) {
      throw cut(path);
    }
    return parse(new String(text, StandardCharsets.UTF_8), path);
  }

  /** The bytes before the first row of a float32 array. */
  static byte[] write(long rows, int dim) {
    String text =
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + dim + "), }";
    // The data starts at a multiple of 64; the header's text ends in a line feed.
    int total = (MAGIC.length + 4 + text.length() + 1 + 63) & -64;
    ByteBuffer bytes = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) (total - MAGIC.length - 4));
    bytes.put(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.remaining() > 1) {
      bytes.put((byte) ' ');
    }
    return bytes.put((byte) '\n').array();
  }

  private static NpyHeader parse(String text, Path path) throws IOException {
    String type = find(TYPE, text, path);
    int elementBytes =
        switch (type) {
          case "<f4" -> 4;
          case "<f2" -> 2;
          default ->
              throw new BadVectorFileException(
                  path,
                  "holds '" + type + "' values, expected '<f4' or '<f2'; save array.astype('<f4')");
        };
    if (find(ORDER, text, path).equals("True")) {
      throw new BadVectorFileException(
          path, "is in Fortran order; save numpy.ascontiguousarray(array)");
    }
    String shape = find(SHAPE, text, path);
    String[] parts = shape.split(",");
    try {
      if (parts.length == 2) {
        long rows = Long.parseLong(parts[0].strip());
        long dim = Long.parseLong(parts[1].strip());
        if (rows >= 0 && dim >= 1 && dim <= Embeddings.MAX_DIM) {
          return new NpyHeader(elementBytes, rows, (int) dim);
        }
      }
    } catch (NumberFormatException e) {
      // Falls through to the message below, which shows the shape.
    }
    throw new BadVectorFileException(
        path, "has shape (" + shape + "), expected (rows, dim) with dim up to 65536");
  }

  private static String find(Pattern pattern, String text, Path path) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new BadVectorFileException(
          path,
          "its header doesn't have "
              + pattern.pattern().substring(0, 7)
              + ".."
              + "; save it again with numpy.save");
    }
    return matcher.group(1);
  }

  private static BadVectorFileException cut(Path path) {
    return new BadVectorFileException(path, "ends within its header; copy or save it again");
  }
}
