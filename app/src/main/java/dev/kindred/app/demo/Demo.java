package dev.kindred.app.demo;

import dev.kindred.app.config.TrainConfig;
import dev.kindred.app.config.TrainingData;
import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.evaluation.NextItemComparison;
import dev.kindred.app.evaluation.NextItemScore;
import dev.kindred.app.evaluation.SnapshotLists;
import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.coordinate.Routing;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.data.Polarity;
import dev.kindred.engine.data.RowFilter;
import dev.kindred.engine.data.Splits;
import dev.kindred.engine.eval.BaselineLists;
import dev.kindred.engine.eval.RelatedLists;
import dev.kindred.engine.eval.Transitions;
import dev.kindred.engine.related.ObjectiveWeight;
import dev.kindred.engine.serve.LiveState;
import dev.kindred.engine.serve.LiveStateOptions;
import dev.kindred.engine.serve.Recommender;
import dev.kindred.engine.serve.RelatedItem;
import dev.kindred.engine.snapshot.Snapshot;
import dev.kindred.engine.snapshot.SnapshotCatalog;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.world.World;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import dev.kindred.live.ChronicleLiveState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The whole way once: simulate a video site, train on the earlier part of its log, publish a
 * snapshot, measure it against the later part and against the truth, and ask it questions.
 *
 * <p>One object per run, for one thread. What it finds out goes to a consumer as it comes.
 */
public final class Demo {
  /** Directory of the simulated log, below that of the snapshots. */
  public static final String DATA = "data";

  /** Directory of the live state, below that of the snapshots. */
  public static final String LIVE = "live";

  /** The configuration that trains on the simulated log, within {@link #DATA}. */
  public static final String CONFIG = "site.toml";

  private static final int CLICK = 0;
  private static final int LIST_LENGTH = 10;
  private static final int SHOWN = 5;
  private static final int SOURCES = 300;

  private final DemoOptions options;
  private final Path directory;
  private final Workers workers;
  private final Progress progress;
  private final Consumer<DemoFact> facts;
  private final long startNanos = System.nanoTime();

  private World world;
  private Splits.Split split;
  private TrainedPipeline trained;
  private Interactions clicks; // of the part trained on

  /**
   * A run that has not begun.
   *
   * @param directory gets a snapshot, live state and the simulated log; created if missing
   * @param facts gets what the run finds out
   */
  public Demo(
      DemoOptions options,
      Path directory,
      Workers workers,
      Progress progress,
      Consumer<DemoFact> facts) {
    this.options = options;
    this.directory = directory;
    this.workers = workers;
    this.progress = progress;
    this.facts = facts;
  }

  /**
   * Does it all.
   *
   * @param out writes to the directory; is published, not closed
   * @throws IOException if the directory can't be written
   */
  public void run(SnapshotWriter out) throws IOException {
    simulate();
    train(out);
    routing();
    measure();
    ask();
  }

  private void simulate() throws IOException {
    world = World.generate(options.world());
    Path data = directory.resolve(DATA);
    world.write(data);
    try (InputStream config = Demo.class.getResourceAsStream(CONFIG)) {
      Files.copy(config, data.resolve(CONFIG), StandardCopyOption.REPLACE_EXISTING);
    }
    Events events = world.events();
    int mistakes = 0;
    for (int row = 0; row < events.size(); row++) {
      mistakes += world.isNoise(row) ? 1 : 0;
    }
    facts.accept(
        new DemoFact.Simulated(
            events.items().size(),
            events.users().size(),
            options.world().days(),
            events.size(),
            events.count(CLICK),
            mistakes,
            data));
  }

  private void train(SnapshotWriter out) throws IOException {
    long start = System.nanoTime();
    Holdout holdout = holdout();
    split = holdout.split(world.events());
    trained =
        Pipeline.train(
            new PipelineInput(split.train(), world.items(), world.users()),
            options.pipeline(),
            workers,
            progress);
    clicks = split.train().interactions(CLICK, RowFilter.ALL);
    trained.writeTo(out);
    out.option(Holdout.OPTION, holdout.json());
    Path snapshot = directory.resolve(out.publish().getFileName());
    Map<String, Double> weights = new LinkedHashMap<>();
    for (ObjectiveWeight weight : trained.scorer().weights().objectives()) {
      boolean subtracts = weight.polarity() == Polarity.NEGATIVE;
      weights.put(weight.name(), subtracts ? -weight.learned() : weight.learned());
    }
    facts.accept(
        new DemoFact.Trained(
            snapshot,
            split.train().size(),
            holdout,
            (System.nanoTime() - start) / 1e9,
            trained.seconds(),
            weights,
            trained.notes()));
  }

  /** The rows of a split by time are the first ones of the world. */
  private void routing() {
    if (trained.routing().isEmpty()) {
      return;
    }
    Routing routing = trained.routing().get();
    int[] all = new int[2];
    int[] removed = new int[2];
    for (int row = 0; row < split.train().size(); row++) {
      if (split.train().value(CLICK, row) > 0) {
        int kind = world.isNoise(row) ? 0 : 1;
        all[kind]++;
        removed[kind] += routing.keeps(CLICK, row) ? 0 : 1;
      }
    }
    facts.accept(new DemoFact.Routed(all[0], removed[0], all[1], removed[1]));
  }

  private void measure() throws IOException {
    Map<String, RelatedLists> lists = new LinkedHashMap<>();
    lists.put(NextItemComparison.KINDRED, trained.table()::related);
    lists.put("profile only", this::byProfile);
    lists.put(
        NextItemComparison.COSINE, BaselineLists.cooccurrence(clicks, true, LIST_LENGTH, workers));
    lists.put(
        NextItemComparison.COOCCURRENCE,
        BaselineLists.cooccurrence(clicks, false, LIST_LENGTH, workers));
    lists.put(NextItemComparison.POPULARITY, BaselineLists.popularity(clicks, LIST_LENGTH));
    int[] sources = sources();
    facts.accept(
        new DemoFact.Truth(
            sources.length,
            LIST_LENGTH,
            new TrueRelatedness(world, sources, LIST_LENGTH, workers).scores(lists)));
    facts.accept(new DemoFact.NextItem(nextItem()));
  }

  /**
   * From the files, as {@code kindred evaluate} does it: a log numbers items as they come, and
   * equal counts of co-occurrence stand in the order of those numbers, which aren't the world's.
   */
  private List<NextItemScore> nextItem() throws IOException {
    Path config = directory.resolve(DATA).resolve(CONFIG);
    Events log = TrainingData.read(TrainConfig.read(config, false), progress).input().events();
    Splits.Split later = holdout().split(log);
    try (Snapshot snapshot = Snapshot.open(SnapshotCatalog.resolve(directory))) {
      return NextItemComparison.compare(
          new SnapshotLists(snapshot, log.items()),
          later.train(),
          later.test(),
          List.of(LIST_LENGTH),
          workers);
    }
  }

  private Holdout holdout() {
    return new Holdout(options.testShare(), Holdout.By.TIME);
  }

  /** The candidates in the order of their profiles' similarity: the pipeline without models. */
  private int byProfile(int item, int n, int[] out) {
    int count = Math.min(n, trained.candidates().count(item));
    for (int i = 0; i < count; i++) {
      out[i] = trained.candidates().item(trained.candidates().start(item) + i);
    }
    return count;
  }

  /** Items that users went on from in the later part, each as often as it happened. */
  private int[] sources() {
    Transitions steps = Transitions.into(split.train(), split.test(), CLICK);
    int[] sources = new int[Math.min(SOURCES, steps.size())];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = steps.from((int) ((long) i * steps.size() / sources.length));
    }
    return sources;
  }

  private void ask() throws IOException {
    List<String> asked = favourites();
    String first = asked.getFirst();
    String best;
    try (Recommender recommender = Recommender.open(directory)) {
      asked.forEach(id -> facts.accept(listed(recommender, id)));
      best = recommender.related(first, 1).getFirst().id();
      facts.accept(new DemoFact.Explained(recommender.explain(first, best)));
    }
    blockbusters();
    hide(first, best);
    facts.accept(new DemoFact.Next(commands(first, best), (System.nanoTime() - startNanos) / 1e9));
  }

  private DemoFact.Listed listed(Recommender recommender, String id) {
    List<DemoFact.Place> places = new ArrayList<>();
    for (RelatedItem item : recommender.related(id, SHOWN)) {
      places.add(new DemoFact.Place(item.rank() + 1, item.score(), video(item.id())));
    }
    return new DemoFact.Listed(video(id), places);
  }

  private void hide(String of, String hidden) throws IOException {
    Path state = directory.resolve(LIVE);
    try (LiveState live = ChronicleLiveState.open(state, LiveStateOptions.defaults());
        Recommender recommender = Recommender.open(directory, live)) {
      live.unhide(hidden); // an earlier run may have hidden it
      int before = place(recommender, of, hidden);
      live.hide(hidden);
      facts.accept(
          new DemoFact.Hidden(
              state,
              video(of),
              video(hidden),
              before,
              place(recommender, of, hidden),
              video(recommender.related(of, 1).getFirst().id())));
    }
  }

  /** The place of an item in the whole list of another, from 1; 0 = it isn't there. */
  private static int place(Recommender recommender, String of, String wanted) {
    for (RelatedItem item : recommender.related(of, recommender.size())) {
      if (item.id().equals(wanted)) {
        return item.rank() + 1;
      }
    }
    return 0;
  }

  private void blockbusters() {
    int[] pair = world.blockbusters();
    int both = 0;
    for (int user = 0; user < clicks.rows(); user++) {
      int of = 0;
      for (long i = clicks.start(user); i < clicks.end(user); i++) {
        of += clicks.column(i) == pair[0] || clicks.column(i) == pair[1] ? 1 : 0;
      }
      both += of == 2 ? 1 : 0;
    }
    int items = clicks.columns();
    facts.accept(
        new DemoFact.Blockbusters(
            video(world.items().ids().idOf(pair[0])),
            video(world.items().ids().idOf(pair[1])),
            both,
            place(BaselineLists.cooccurrence(clicks, false, items, workers), pair, items),
            place(trained.table()::related, pair, items),
            world.relatedness(CLICK, pair[0], pair[1])));
  }

  private static int place(RelatedLists lists, int[] pair, int n) {
    int[] list = new int[n];
    int length = lists.related(pair[0], n, list);
    for (int i = 0; i < length; i++) {
      if (list[i] == pair[1]) {
        return i + 1;
      }
    }
    return 0;
  }

  /** The most clicked single video and the most clicked episode that have full lists. */
  private List<String> favourites() {
    int single = -1;
    int episode = -1;
    Interactions byItem = clicks.transposed();
    int[] blockbusters = world.blockbusters();
    for (int item = 0; item < byItem.rows(); item++) {
      if (item == blockbusters[0]
          || item == blockbusters[1]
          || trained.table().count(item) <= SHOWN) {
        continue;
      }
      if (world.nextEpisode(item) >= 0) {
        episode = episode < 0 || byItem.count(item) > byItem.count(episode) ? item : episode;
      } else if (values("series", item).isEmpty()) {
        single = single < 0 || byItem.count(item) > byItem.count(single) ? item : single;
      }
    }
    List<String> ids = new ArrayList<>();
    for (int item : new int[] {single, episode}) {
      if (item >= 0) {
        ids.add(world.items().ids().idOf(item));
      }
    }
    if (ids.isEmpty()) {
      throw new IllegalStateException(
          "no video of this world has " + SHOWN + " related ones; use a larger world");
    }
    return ids;
  }

  private DemoFact.Video video(String id) {
    int item = world.items().ids().ordinalOf(id);
    return new DemoFact.Video(
        id, values("title", item), values("type", item), values("styles", item));
  }

  private String values(String name, int item) {
    Catalogue items = world.items();
    int field = items.fieldOf(name);
    List<String> values = new ArrayList<>();
    for (int at = items.valueStart(field, item); at < items.valueEnd(field, item); at++) {
      values.add(items.vocabulary(field).idOf(items.value(at)));
    }
    return String.join(", ", values);
  }

  private List<String> commands(String item, String hidden) {
    Path live = directory.resolve(LIVE);
    return List.of(
        "kindred related --model " + directory + " --item " + item + " --explain",
        "kindred related --model " + directory + " --item " + item + " --weight share=5",
        "kindred live unhide --live " + live + " " + hidden,
        "kindred evaluate --config "
            + directory.resolve(DATA).resolve(CONFIG)
            + " --model "
            + directory,
        "kindred verify --model " + directory);
  }
}
