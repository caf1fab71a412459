import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Makes the two releases in the target directory from the packaged jars: {@code
 * kindred-VERSION.tar.gz}, the jars with a launcher, and {@code kindred-VERSION-linux-x86_64}, one
 * executable file that carries its own runtime. Started by {@code mvn -Pdist package}.
 */
final class Assemble {
  /**
   * Of the JDK only: the jars stay on the class path, as several are no modules. The compiler is
   * there because Chronicle Map compiles classes when a live state is opened; jdk.jcmd and jdk.jfr
   * so that a running server can be looked into.
   */
  private static final String MODULES =
      "java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,"
          + "java.naming,java.security.sasl,java.sql,java.xml,jdk.compiler,"
          + "jdk.incubator.vector,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,"
          + "jdk.unsupported,jdk.zipfs";

  private final Path app;
  private final Path target;
  private final String version;

  private Assemble(Path app, String version) {
    this.app = app;
    target = app.resolve("target");
    this.version = version;
  }

  public static void main(String[] args) throws Exception {
    new Assemble(Path.of(args[0]), args[1]).run();
  }

  private void run() throws Exception {
    Path plain = target.resolve("dist/kindred-" + version);
    delete(target.resolve("dist"));
    lay(plain);
    Path tar = target.resolve("kindred-" + version + ".tar.gz");
    tar(plain.getParent(), plain.getFileName().toString(), tar);

    Path image = target.resolve("dist/image");
    lay(image);
    ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow();
    int code =
        jlink.run(
            System.out,
            System.err,
            "--add-modules",
            MODULES,
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--generate-cds-archive",
            "--output",
            image.resolve("runtime").toString());
    if (code != 0) {
      throw new IllegalStateException("jlink ended with " + code);
    }
    Path payload = target.resolve("dist/payload.tar.gz");
    tar(image, ".", payload);
    Path file = target.resolve("kindred-" + version + "-linux-x86_64");
    String stub =
        Files.readString(app.resolve("src/dist/stub"))
            .replace("@VERSION@", version)
            .replace("@HASH@", hash(payload));
    stub = stub.replace("@LINE@", Long.toString(stub.lines().count() + 1));
    Path part = target.resolve("dist/file");
    try (OutputStream out = Files.newOutputStream(part);
        InputStream in = Files.newInputStream(payload)) {
      out.write(stub.getBytes(StandardCharsets.UTF_8));
      in.transferTo(out);
    }
    part.toFile().setExecutable(true, false);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    Files.delete(payload);
    System.out.printf(
        "%s: %,d bytes%n%s: %,d bytes%n", tar, Files.size(tar), file, Files.size(file));
  }

  /** Everything but the runtime. */
  private void lay(Path home) throws IOException {
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Path launcher = home.resolve("bin/kindred");
    Files.copy(app.resolve("src/dist/launcher"), launcher);
    launcher.toFile().setExecutable(true, false);
    for (String name : List.of("jvm.options", "LICENSE", "README.md", "CHANGELOG.md")) {
      Files.copy(app.resolve("..").resolve(name), home.resolve(name));
    }
    try (Stream<Path> jars = Files.list(target.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        Files.copy(jar, home.resolve("lib").resolve(jar.getFileName()));
      }
    }
    String own = "kindred-app-" + version + ".jar";
    Files.copy(target.resolve(own), home.resolve("lib").resolve(own));
  }

  /** The same bytes for the same content: owners, times and order don't go in. */
  private static void tar(Path directory, String what, Path file)
      throws IOException, InterruptedException {
    ProcessBuilder tar =
        new ProcessBuilder(
            "tar",
            "--sort=name",
            "--owner=0",
            "--group=0",
            "--numeric-owner",
            "--mtime=2020-01-01 00:00Z",
            "--use-compress-program=gzip -n6",
            "-cf",
            file.toAbsolutePath().toString(),
            what);
    tar.directory(directory.toFile()).redirectErrorStream(true);
    Process process = tar.start();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    process.getInputStream().transferTo(said);
    if (process.waitFor() != 0) {
      throw new IOException("tar failed: " + said);
    }
  }

  private static String hash(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
