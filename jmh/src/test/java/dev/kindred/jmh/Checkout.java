package dev.kindred.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the modules of this checkout are, for the tests of its structure. */
final class Checkout {
  /** In the order of their dependencies. */
  static final List<String> MODULES = List.of("simd", "index", "engine", "live", "app", "jmh");

  static final Path ROOT =
      Path.of(System.getProperty("basedir", ".")).toAbsolutePath().resolve("..").normalize();

  private Checkout() {}

  /** Compiled classes of a module without its tests. */
  static Path classes(String module) {
    return ROOT.resolve(module).resolve("target/classes");
  }

  /** Every Java source, tests included, in a stable order. */
  static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : MODULES) {
      Path src = ROOT.resolve(module).resolve("src");
      if (Files.isDirectory(src)) {
        try (Stream<Path> files = Files.walk(src)) {
          files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
        }
      }
    }
    return sources;
  }
}
