package dev.kindred.app.command;

import dev.kindred.app.demo.Demo;
import dev.kindred.app.demo.DemoFact;
import dev.kindred.app.demo.DemoJson;
import dev.kindred.app.demo.DemoOptions;
import dev.kindred.app.demo.DemoText;
import dev.kindred.app.http.ServerOptions;
import dev.kindred.app.serving.AccessLog;
import dev.kindred.app.serving.ServingOptions;
import dev.kindred.engine.estimate.DataSize;
import dev.kindred.engine.estimate.TrainingEstimate;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindred demo}: the whole way from a simulated log to answers. */
@Command(
    name = "demo",
    description =
        "Simulate a video site, learn from its log, and show what came of it: related lists"
            + " beside simpler ones and beside the truth, a reason, a hidden item.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  kindred demo",
      "  kindred demo --quick --out demo/ --seed 3",
      "  kindred demo --serve"
    })
final class DemoCommand extends KindredCommand {
  @Option(names = "--quick", description = "A smaller world and smaller models.")
  private boolean quick;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "kindred-demo",
      description = "Where to leave log, snapshot and live state (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Option(names = "--serve", description = "Then serve the snapshot over HTTP, with its page.")
  private boolean serve;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "Port to serve on (default: 7070; 0: any free one).")
  private Integer port;

  @Override
  protected void run() throws IOException {
    if (port != null && !serve) {
      throw usage("--port is where to serve: give --serve too");
    }
    ServerOptions server =
        port == null
            ? ServerOptions.defaults()
            : options(() -> ServerOptions.defaults().withPort(port));
    DemoOptions chosen = quick ? DemoOptions.quick() : DemoOptions.defaults();
    if (seed().isPresent()) {
      chosen = chosen.withSeed(seed().getAsLong());
    }
    Consumer<DemoFact> facts = json() ? new DemoJson(jsonLines()) : new DemoText(out());
    try (Publishing publishing = Publishing.under(directory);
        Workers workers = Workers.of(threads())) {
      publishing.place().requireSpace(bytes(chosen), this::note);
      Demo demo = new Demo(chosen, directory, workers, progress(), facts);
      publishing.place().fill(() -> demo.run(publishing.writer()));
    }
    if (serve) {
      AccessLog log = new AccessLog(err(), 100, false);
      ServeCommand.serve(
          ServingOptions.of(directory).withServer(server).withLive(directory.resolve(Demo.LIVE)),
          log);
    }
  }

  /** About how many bytes log and snapshot have. */
  private static long bytes(DemoOptions options) {
    WorldOptions world = options.world();
    DataSize size =
        DataSize.of(world.items(), world.users(), world.samples(), World.objectives().size());
    return SimulateCommand.bytes(world) + TrainingEstimate.snapshotBytes(size, options.pipeline());
  }
}
