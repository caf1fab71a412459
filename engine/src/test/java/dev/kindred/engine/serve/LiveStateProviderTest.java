package dev.kindred.engine.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveStateProviderTest {
  /** The provider of a jar on the class path, as the service loader sees one. */
  public static final class Sample implements LiveStateProvider {
    @Override
    public String name() {
      return "sample";
    }

    @Override
    public LiveState open(Path directory, LiveStateOptions options) {
      return new InMemoryLiveState(options);
    }
  }

  /** Defines {@link Sample} anew outside the engine's module and registers it as a service. */
  private static final class JarLikeLoader extends ClassLoader {
    private final Path services;

    JarLikeLoader(Path services) {
      super(LiveStateProvider.class.getClassLoader());
      this.services = services;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(Sample.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream in =
          Sample.class.getResourceAsStream("LiveStateProviderTest$Sample.class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }

    @Override
    protected Enumeration<URL> findResources(String name) throws IOException {
      return name.equals("META-INF/services/" + LiveStateProvider.class.getName())
          ? Collections.enumeration(List.of(services.toUri().toURL()))
          : super.findResources(name);
    }
  }

  @Test
  void providerOnTheClassPathIsFound(@TempDir Path directory) throws IOException {
    Path services = Files.writeString(directory.resolve("services"), Sample.class.getName());
    LiveStateProvider provider = LiveStateProvider.find(new JarLikeLoader(services)).orElseThrow();
    assertEquals("sample", provider.name());
    try (LiveState state = provider.open(directory, LiveStateOptions.defaults())) {
      assertTrue(state.hide("i"));
    }
  }

  @Test
  void noProviderIsNoError() {
    assertEquals(Optional.empty(), LiveStateProvider.find(ClassLoader.getPlatformClassLoader()));
  }
}
