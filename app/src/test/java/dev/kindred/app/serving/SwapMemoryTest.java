package dev.kindred.app.serving;

import static dev.kindred.app.serving.SwappedSnapshots.name;
import static dev.kindred.app.serving.SwappedSnapshots.refresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.app.bench.GeneratedOptions;
import dev.kindred.engine.data.InputException;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.TinyWorld;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory enough for two snapshots of a size, and then a larger one comes. */
final class SwapMemoryTest {
  /** Snapshots of a size differ by less. */
  private static final long SLACK_BYTES = 64 << 10;

  @TempDir Path directory;
  private final StringWriter written = new StringWriter();
  private SwappedSnapshots snapshots;
  private SnapshotCatalog catalog;
  private Path served;
  private Path same;
  private Path large;
  private long limitBytes;

  @BeforeEach
  void publish() throws IOException {
    snapshots = new SwappedSnapshots(directory);
    served = snapshots.publish(new TinyWorld());
    same = snapshots.publish(new TinyWorld(Merge.CALIBRATED, 3));
    large = snapshots.publish(new GeneratedOptions(4000, 2, 64, 20, 10, false, List.of(), 1));
    catalog = SnapshotCatalog.in(directory);
    catalog.promote(name(served));
    limitBytes = MemoryCheck.of(served, true, 0).needBytes() + SLACK_BYTES;
  }

  @Test
  void oneThatDoesNotFitBesideTheOneServedIsRefusedWithTheSum() throws IOException {
    try (Serving serving = serve(MemoryCheck.Policy.REFUSE, 0)) {
      int port = serving.port();
      String before = RawHttp.get(port, "/v1/related?item=100").body();
      catalog.promote(name(large));
      RawHttp.Answer refused = refresh(port);
      assertEquals(409, refused.status(), refused.body());
      assertTrue(refused.body().contains("its successor during a swap"), refused.body());
      assertEquals(before, RawHttp.get(port, "/v1/related?item=100").body());
      assertTrue(metrics(port).contains("\nkindred_snapshot_refusals_total 1\n"));
      catalog.promote(name(same));
      assertEquals(200, refresh(port).status());
    }
  }

  @Test
  void theWatcherSaysSoOnceAndServesOn() throws Exception {
    try (Serving serving = serve(MemoryCheck.Policy.REFUSE, 1)) {
      int port = serving.port();
      catalog.promote(name(large));
      while (!metrics(port).contains("\nkindred_snapshot_refusals_total 1\n")) {
        Thread.sleep(1);
      }
      assertEquals(name(served), name(serving.recommender().directory()));
      Thread.sleep(20); // for some more looks; fewer on a busy machine would do no harm
      catalog.promote(name(same));
      while (!serving.recommender().directory().endsWith(name(same))) {
        Thread.sleep(1);
      }
      assertTrue(metrics(port).contains("\nkindred_snapshot_refusals_total 1\n"));
    }
    List<String> refused = events("snapshot-refused");
    assertEquals(1, refused.size(), written::toString);
    assertTrue(refused.getFirst().contains("serving needs about"), refused::toString);
  }

  @Test
  void aWarningIsWrittenOnceAndTheSnapshotSwapped() throws IOException {
    try (Serving serving = serve(MemoryCheck.Policy.WARN, 0)) {
      catalog.promote(name(large));
      assertEquals(200, refresh(serving.port()).status());
      assertEquals(name(large), name(serving.recommender().directory()));
      assertEquals(200, refresh(serving.port()).status());
    }
    assertEquals(1, events("memory-small").size(), written::toString);
  }

  @Test
  void nothingIsEstimatedWhereItIsOff() throws IOException {
    try (Serving serving = serve(MemoryCheck.Policy.OFF, 0)) {
      catalog.promote(name(large));
      assertEquals(200, refresh(serving.port()).status());
    }
    assertEquals(List.of(), events("memory-small"));
  }

  @Test
  void theStartRefusesByTheSameSum() throws IOException {
    catalog.promote(name(large));
    String message =
        assertThrows(InputException.class, () -> serve(MemoryCheck.Policy.REFUSE, 1).close())
            .getMessage();
    assertTrue(message.contains("its successor during a swap"), message);
  }

  private Serving serve(MemoryCheck.Policy policy, int refreshMillis) throws IOException {
    return Serving.start(
        snapshots.served().withMemory(policy, limitBytes).withRefreshMillis(refreshMillis),
        new AccessLog(new PrintWriter(written), 0, false));
  }

  private List<String> events(String event) {
    return written
        .toString()
        .lines()
        .filter(line -> line.contains("\"event\":\"" + event + "\""))
        .toList();
  }

  private static String metrics(int port) throws IOException {
    return RawHttp.get(port, "/metrics").body();
  }
}
