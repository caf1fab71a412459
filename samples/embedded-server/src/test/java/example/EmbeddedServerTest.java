package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains on a small simulated site with the published artifact alone, then asks the server. */
final class EmbeddedServerTest {
  @TempDir Path directory;

  @Test
  void itAnswersWhatTheRecommenderDoes() throws Exception {
    Path snapshot = train();
    try (EmbeddedServer server = new EmbeddedServer(snapshot, 0);
        Recommender recommender = Recommender.open(snapshot)) {
      for (int item = 0; item < recommender.size(); item += 7) {
        String id = recommender.idOf(item);
        List<String> expected = recommender.related(id, 10).stream().map(RelatedItem::id).toList();
        HttpResponse<String> reply = get(server, "/watch-next?video=" + id);
        assertEquals(200, reply.statusCode());
        assertEquals(expected, reply.body().lines().toList(), id);
      }
      assertFalse(get(server, "/watch-next?video=" + recommender.idOf(0)).body().isEmpty());
      assertEquals(404, get(server, "/watch-next?video=no-such").statusCode());
      assertEquals(400, get(server, "/watch-next").statusCode());
    }
  }

  private Path train() throws Exception {
    World world = World.generate(WorldOptions.defaults().withSize(200, 300, 15_000));
    PipelineOptions options =
        PipelineOptions.defaults()
            .withCoordinate(Optional.empty())
            .withTower(Optional.empty())
            .withAls(AlsOptions.defaults().withRank(16).withIterations(4));
    try (Workers workers = Workers.of(2);
        SnapshotWriter out = SnapshotWriter.into(directory.resolve("snapshot"))) {
      Pipeline.train(
              new PipelineInput(world.events(), world.items(), world.users()),
              options,
              workers,
              Progress.none())
          .writeTo(out);
      return out.publish();
    }
  }

  private static HttpResponse<String> get(EmbeddedServer server, String target) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + target))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
