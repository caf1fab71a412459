package dev.kindred.jmh.compare;

import dev.kindred.index.Metric;
import dev.kindred.index.VectorFiles;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * hnswlib in C++, in a process of its own that {@code hnswlib_driver.cpp} describes; it times its
 * own queries. Needs g++ and the headers of hnswlib (Debian: libhnswlib-dev).
 */
final class HnswlibEngine implements Engine {
  private static final String SOURCE = "hnswlib_driver.cpp";
  private static final String BASE = "base.f32";
  private static final String QUERIES = "query.f32";
  private static final String GRAPH = "graph.hnswlib";

  private final SearchSet set;
  private final BuildTime buildTime;
  private final long bytes;
  private final Process process;
  private final InputStream in;
  private final OutputStream out;

  private HnswlibEngine(SearchSet set, BuildCache.Built built, Process process) throws IOException {
    this.set = set;
    this.buildTime = built.time();
    this.bytes = built.bytes();
    this.process = process;
    this.in = new BufferedInputStream(process.getInputStream());
    this.out = process.getOutputStream();
  }

  /**
   * Opens it.
   *
   * @param huge whether the allocator asks for huge pages, which hnswlib doesn't by itself
   */
  static Optional<Engine> open(
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes,
      boolean huge)
      throws IOException {
    Optional<Path> driver = driver(cache, notes);
    if (driver.isEmpty()) {
      return Optional.empty();
    }
    Path directory = cache.directoryOf(set);
    if (!Files.exists(directory.resolve(QUERIES))) {
      writeVectors(set, directory);
    }
    BuildCache.Built built =
        cache.get(
            set,
            "hnswlib-" + building.name(),
            building.anew(),
            target -> {
              notes.note("hnswlib: building on " + building.threads() + " threads");
              Process process =
                  start(driver.get(), set, directory, building, target.resolve(GRAPH), false);
              try {
                return ready(process.getInputStream());
              } finally {
                stop(process);
              }
            });
    Process process =
        start(driver.get(), set, directory, building, built.directory().resolve(GRAPH), huge);
    HnswlibEngine engine = new HnswlibEngine(set, built, process);
    ready(engine.in);
    return Optional.of(engine);
  }

  /** Compiles the driver if it is not in the cache; nothing, with a note, where that fails. */
  private static Optional<Path> driver(BuildCache cache, EngineKind.Notes notes)
      throws IOException {
    byte[] source;
    try (InputStream resource = HnswlibEngine.class.getResourceAsStream(SOURCE)) {
      source = resource.readAllBytes();
    }
    CRC32C sum = new CRC32C();
    sum.update(source);
    // A driver for this processor may not run on another one.
    sum.update(processor().getBytes(StandardCharsets.UTF_8));
    Path program = cache.directory().resolve("hnswlib_driver-" + Long.toHexString(sum.getValue()));
    if (Files.exists(program)) {
      return Optional.of(program);
    }
    // Under names of this process: two comparisons may start on one cache.
    String own = program.getFileName() + "." + ProcessHandle.current().pid();
    Path file = program.resolveSibling(own + ".cpp");
    Path compiled = program.resolveSibling(own + ".tmp");
    Files.write(file, source);
    try {
      Process compiler =
          new ProcessBuilder(
                  "g++",
                  "-std=c++17",
                  "-O3",
                  "-march=native",
                  "-DNDEBUG",
                  "-pthread",
                  file.toString(),
                  "-o",
                  compiled.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (compiler.waitFor() == 0) {
        Files.move(compiled, program, StandardCopyOption.ATOMIC_MOVE);
        return Optional.of(program);
      }
      notes.note(
          "hnswlib: left out, its driver doesn't compile (Debian: libhnswlib-dev):\n" + said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while compiling " + SOURCE, e);
    } catch (IOException e) {
      notes.note("hnswlib: left out, there is no g++ (" + e.getMessage() + ")");
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(compiled);
    }
    return Optional.empty();
  }

  /** What the system says of the processor's instructions; empty where it doesn't. */
  private static String processor() throws IOException {
    Path described = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(described)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(described)) {
      return lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
    }
  }

  /** Queries last: they are there when all is. */
  private static void writeVectors(SearchSet set, Path directory) throws IOException {
    VectorFiles.write(directory.resolve(BASE), set.base());
    ByteBuffer bytes =
        ByteBuffer.allocate(set.queryCount() * set.dim() * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int query = 0; query < set.queryCount(); query++) {
      for (float value : set.query(query)) {
        bytes.putFloat(value);
      }
    }
    // Under another name first: a comparison that is stopped here leaves no part of them.
    Path temporary =
        directory.resolve("." + QUERIES + "." + ProcessHandle.current().pid() + ".tmp");
    Files.write(temporary, bytes.array());
    Files.move(temporary, directory.resolve(QUERIES), StandardCopyOption.ATOMIC_MOVE);
  }

  private static Process start(
      Path driver,
      SearchSet set,
      Path directory,
      EngineKind.Building building,
      Path graph,
      boolean huge)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                driver.toAbsolutePath().toString(),
                directory.resolve(BASE).toString(),
                directory.resolve(QUERIES).toString()));
    command.addAll(
        Arrays.asList(
            Integer.toString(set.dim()),
            set.metric() == Metric.L2 ? "l2" : "dot",
            graph.toString(),
            Integer.toString(building.m()),
            Integer.toString(building.efConstruction()),
            Integer.toString(building.threads())));
    ProcessBuilder process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    if (huge) {
      process.environment().put("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }
    return process.start();
  }

  /** Waits for the line that says that the graph is there; returns what its build took. */
  private static BuildTime ready(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("hnswlib's driver ended before it was ready");
      }
      line.append((char) c);
    }
    if (!line.toString().startsWith("ready ")) {
      throw new IOException("hnswlib's driver said '" + line + "' instead of 'ready'");
    }
    return BuildTime.parse(line.substring("ready ".length()));
  }

  @Override
  public BuildTime buildTime() {
    return buildTime;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void answer(int ef, Answers answers) throws IOException {
    answers.clear();
    int queries = answers.queries();
    int k = answers.k();
    out.write((ef + " " + k + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    ByteBuffer ordinals = read(queries * k * Integer.BYTES);
    ByteBuffer distances = read(queries * k * Float.BYTES);
    ByteBuffer nanos = read(queries * Long.BYTES);
    for (int query = 0; query < queries; query++) {
      for (int rank = 0; rank < k; rank++) {
        float distance = distances.getFloat();
        float score = set.metric() == Metric.L2 ? -distance : 1 - distance;
        answers.set(query, rank, ordinals.getInt(), score);
      }
      answers.took(query, nanos.getLong());
    }
    answers.tookCpu(read(Long.BYTES).getLong());
  }

  private ByteBuffer read(int bytes) throws IOException {
    byte[] read = in.readNBytes(bytes);
    if (read.length != bytes) {
      throw new EOFException("hnswlib's driver ended amid an answer");
    }
    return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    stop(process);
  }

  /** It ends with its input. */
  private static void stop(Process process) throws IOException {
    process.getOutputStream().close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
