package dev.kindred.app.soak;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.kindred.app.http.HostName;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Threads;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Changes what a server answers from while it answers: over HTTP, on two threads of its own. */
final class SoakChanges implements AutoCloseable {
  static final String TOKEN = "soak-token-of-this-process";
  static final String FIRST = "first";
  static final String SECOND = "second";

  /** Items hidden or added at a time; the oldest is shown again, or removed, for each new one. */
  private static final int HELD = 50;

  private final String base;
  private final List<String> ids = new ArrayList<>();
  private final Path snapshots;
  private final SoakOptions options;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong swaps = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  SoakChanges(
      InetSocketAddress address, Recommender recommender, Path snapshots, SoakOptions options) {
    base = "http://" + HostName.withPort(address.getHostString(), address.getPort());
    this.snapshots = snapshots;
    this.options = options;
    for (int i = 0; i < Math.min(1000, recommender.size()); i++) {
      ids.add(recommender.idOf(i));
    }
    threads.add(Thread.ofPlatform().name("soak-changes").start(this::change));
    threads.add(Thread.ofPlatform().name("soak-swaps").start(this::swap));
  }

  /** Points CURRENT at a snapshot, as publishing does. */
  static void point(Path snapshots, String name) throws IOException {
    Path part = snapshots.resolve(".CURRENT.soak");
    Files.writeString(part, name + "\n");
    Files.move(part, snapshots.resolve("CURRENT"), StandardCopyOption.ATOMIC_MOVE);
  }

  long made() {
    return made.get();
  }

  long swaps() {
    return swaps.get();
  }

  /** Changes that were refused since the last call. */
  long takeErrors() {
    return errors.getAndSet(0);
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
      Threads.join(thread);
    }
    client.close();
  }

  private void change() {
    Draws draws = Draws.of(options.seed(), "soak-changes");
    Deque<String> hidden = new ArrayDeque<>();
    Deque<String> added = new ArrayDeque<>();
    long interval = Math.round(1e9 / options.changesPerSecond());
    for (long step = 0; !closed; step++) {
      String id = ids.get(draws.nextInt(ids.size()));
      switch ((int) (step % 3)) {
        case 0 -> {
          if (!hidden.contains(id)) {
            hidden.add(id);
            send("POST", "/v1/items/hide", "{\"items\":[" + quoted(id) + "]}");
          }
          if (hidden.size() > HELD) {
            send("POST", "/v1/items/unhide", "{\"items\":[" + quoted(hidden.poll()) + "]}");
          }
        }
        case 1 -> {
          String fresh = "soak-" + step;
          added.add(fresh);
          send("POST", "/v1/items", "{\"id\":\"" + fresh + "\"}");
          if (added.size() > HELD) {
            send("DELETE", "/v1/items?item=" + encoded(added.poll()), "");
          }
        }
        default -> {
          StringBuilder batch = new StringBuilder();
          for (int i = 0; i < 10; i++) {
            batch
                .append("{\"user\":\"soak-")
                .append(draws.nextInt(1000))
                .append("\",\"item\":")
                .append(quoted(ids.get(draws.nextInt(ids.size()))))
                .append(",\"event\":\"click\"}\n");
          }
          send("POST", "/v1/events", batch.toString());
        }
      }
      LockSupport.parkNanos(interval);
    }
    hidden.forEach(id -> send("POST", "/v1/items/unhide", "{\"items\":[" + quoted(id) + "]}"));
  }

  private void swap() {
    String next = SECOND;
    while (!closed) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(options.swapMillis()));
      try {
        point(snapshots, next);
        send("POST", "/v1/snapshot/refresh", "");
        swaps.incrementAndGet();
        next = next.equals(FIRST) ? SECOND : FIRST;
      } catch (IOException e) {
        errors.incrementAndGet();
      }
    }
  }

  private void send(String method, String target, String body) {
    try {
      int status =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(base + target))
                      .header("Authorization", "Bearer " + TOKEN)
                      .timeout(Duration.ofSeconds(20))
                      .method(method, HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  BodyHandlers.discarding())
              .statusCode();
      made.incrementAndGet();
      if (status != 200) {
        errors.incrementAndGet();
      }
    } catch (IOException e) {
      errors.incrementAndGet();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As a text of JSON. */
  private static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
