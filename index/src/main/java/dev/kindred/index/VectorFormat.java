package dev.kindred.index;

import java.nio.file.Path;
import java.util.Locale;

/** The formats of {@link VectorFiles}, told apart by the file's name; any may end in .gz. */
enum VectorFormat {
  NPY(".npy"),
  FVECS(".fvecs"),
  F32(".f32"),
  F16(".f16"),
  IVECS(".ivecs"),
  I32(".i32");

  private final String ending;

  VectorFormat(String ending) {
    this.ending = ending;
  }

  boolean holdsVectors() {
    return this != IVECS && this != I32;
  }

  static boolean isGzip(Path path) {
    return lowerName(path).endsWith(".gz");
  }

  /** The format of a file of vectors (or else of ordinals), by its name. */
  static VectorFormat of(Path path, boolean vectors) throws BadVectorFileException {
    String name = lowerName(path);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - ".gz".length());
    }
    for (VectorFormat format : values()) {
      if (format.holdsVectors() == vectors && name.endsWith(format.ending)) {
        return format;
      }
    }
    throw new BadVectorFileException(
        path,
        vectors
            ? "its name must end in .npy, .fvecs, .f32 or .f16, then .gz if compressed"
            : "its name must end in .ivecs or .i32, then .gz if compressed");
  }

  private static String lowerName(Path path) {
    return path.getFileName() == null ? "" : path.getFileName().toString().toLowerCase(Locale.ROOT);
  }
}
