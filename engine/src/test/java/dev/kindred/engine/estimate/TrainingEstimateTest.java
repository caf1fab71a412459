package dev.kindred.engine.estimate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.Pipeline;
import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.TrainedPipeline;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.related.TogetherOptions;
import dev.kindred.engine.snapshot.SnapshotWriter;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.engine.world.World;
import dev.kindred.engine.world.WorldOptions;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Estimates against the files of a snapshot, and their growth. */
final class TrainingEstimateTest {
  private static final Speed SPEED = new Speed(100e9, 500_000);

  private static final RankOptions RANK =
      RankOptions.defaults()
          .withRetrieval(RankOptions.defaults().retrieval().withHidden(List.of(16)).withEpochs(1))
          .withRanker(RankOptions.defaults().ranker().withEpochs(1))
          .withExamplesPerUser(20)
          .withTopic("tags")
          .withSeries("series");

  @TempDir Path directory;

  @Test
  void filesAreAsLargeAsThoseOfASnapshot() throws IOException {
    World world = World.generate(WorldOptions.defaults().withSize(200, 150, 6_000));
    PipelineOptions options =
        PipelineOptions.defaults()
            .withAls(AlsOptions.defaults().withRank(12).withIterations(2))
            .withCoordinate(Optional.empty())
            .withTower(
                Optional.of(
                    TowerOptions.defaults()
                        .withHidden(List.of())
                        .withDim(20)
                        .withEmbeddingDim(20)
                        .withEpochs(1)))
            .withListLength(30)
            .withScoring(
                ScoringOptions.defaults().withTogether(Optional.of(TogetherOptions.defaults())))
            .withRank(Optional.of(RANK));
    PipelineInput input =
        new PipelineInput(world.events(), world.items(), world.users(), world.searches());
    Path snapshot = directory.resolve("snapshot");
    long candidates;
    try (Workers workers = Workers.of(2);
        SnapshotWriter writer = SnapshotWriter.into(snapshot)) {
      TrainedPipeline trained = Pipeline.train(input, options, workers, Progress.none());
      candidates = trained.candidates().size();
      trained.writeTo(writer);
      writer.publish();
    }
    long together;
    try (Arena arena = Arena.ofConfined()) {
      together =
          CandidateLists.open(snapshot.resolve("together.kcsr"), MemoryMode.MAPPED, arena).size();
    }
    DataSize size =
        DataSize.of(input).withCandidates(candidates / 200.0).withCompanions(together / 200.0);
    TrainingEstimate estimate = TrainingEstimate.of(size, options, SPEED);
    TrainingEstimate related = TrainingEstimate.of(size, options.withRank(Optional.empty()), SPEED);
    List<String> ofRelated = related.files().stream().map(TrainingEstimate.FileSize::name).toList();
    long all = 0;
    long allOfRelated = 0;
    for (TrainingEstimate.FileSize file : estimate.files()) {
      String name = file.name();
      long found = Files.size(snapshot.resolve(name));
      all += found;
      allOfRelated += ofRelated.contains(name) ? found : 0;
      double tolerance = tolerance(name);
      assertEquals(found, file.bytes(), tolerance * found + 1, name);
    }
    assertEquals(allOfRelated, related.fileBytes(), .025 * allOfRelated);
    assertEquals(all, estimate.fileBytes(), .1 * all);
    try (var files = Files.list(snapshot)) {
      assertEquals(estimate.files().size(), files.count(), "every file is named");
    }
  }

  /** What an estimate can't know: notes, kinds of fields, equal profiles, levels of a graph. */
  private static double tolerance(String name) {
    return switch (name) {
      case "manifest.json", "ranking.krank" -> .5;
      // Widths of embeddings follow from the vocabularies of the fields.
      case "users.kvec", "user-tower.safetensors", "ranker.safetensors" -> .35;
      // As if all users did as much.
      case "histories.khist", "searches.khist" -> .3;
      case "together-together.knext" -> .1;
      case "searched.kids" -> .1; // words are about as long as values
      case "channels.kvec", "fused.kvec", "fused-basis.kvec" -> .05;
      case "groups.kgroup" -> .02; // popular items are those that somebody watched
      case "profile.kprof" -> .01; // lengths of the fields' names
      case "gate.kgate", "fused.khnsw", "retrieval.khnsw" -> .45;
      default -> .001;
    };
  }

  @Test
  void moreOfAnythingNeverTakesLess() {
    PipelineOptions options = PipelineOptions.defaults();
    DataSize base = DataSize.of(10_000, 20_000, 1_000_000, 3);
    TrainingEstimate small = TrainingEstimate.of(base, options, SPEED);
    for (DataSize larger :
        List.of(
            DataSize.of(20_000, 20_000, 1_000_000, 3),
            DataSize.of(10_000, 40_000, 1_000_000, 3),
            DataSize.of(10_000, 20_000, 2_000_000, 3),
            DataSize.of(10_000, 20_000, 1_000_000, 4),
            base.withPositives(900_000),
            base.withCandidates(400),
            base.withNumberFields(2),
            base.withSignals(9))) {
      TrainingEstimate large = TrainingEstimate.of(larger, options, SPEED);
      assertTrue(large.fileBytes() >= small.fileBytes(), larger.toString());
      assertTrue(large.heapBytes() >= small.heapBytes(), larger.toString());
      assertTrue(large.otherBytes() >= small.otherBytes(), larger.toString());
      assertTrue(large.seconds() >= small.seconds(), larger.toString());
    }
    assertTrue(
        TrainingEstimate.of(base, options, new Speed(200e9, 1_000_000)).seconds()
            < .51 * small.seconds());
  }

  @Test
  void thePersonalisedPathHasItsShareAndGrowsWithWhatItReads() {
    DataSize base = DataSize.of(10_000, 20_000, 1_000_000, 3);
    PipelineOptions without = PipelineOptions.defaults();
    PipelineOptions with = without.withRank(Optional.of(RankOptions.defaults()));
    TrainingEstimate plain = TrainingEstimate.of(base, without, SPEED);
    TrainingEstimate small = TrainingEstimate.of(base, with, SPEED);
    List<String> names = small.stages().stream().map(TrainingEstimate.Stage::name).toList();
    assertEquals(
        List.of("fused index", "rank", "publish"), names.subList(names.size() - 3, names.size()));
    assertTrue(seconds(small, "rank") > 0);
    assertTrue(small.fileBytes() > plain.fileBytes());
    assertTrue(small.heapBytes() > plain.heapBytes());
    assertTrue(small.otherBytes() > plain.otherBytes());
    for (DataSize larger :
        List.of(
            DataSize.of(20_000, 20_000, 1_000_000, 3),
            DataSize.of(10_000, 20_000, 2_000_000, 3),
            DataSize.of(10_000, 20_000, 1_000_000, 4),
            base.withUserProfile(4, 10, 1),
            base.withSearches(5_000, 20))) {
      TrainingEstimate large = TrainingEstimate.of(larger, with, SPEED);
      assertTrue(large.fileBytes() > small.fileBytes(), larger.toString());
      assertTrue(large.heapBytes() >= small.heapBytes(), larger.toString());
      assertTrue(large.seconds() > small.seconds(), larger.toString());
    }
    TrainingEstimate wide =
        TrainingEstimate.of(base, without.withRank(Optional.of(RankOptions.large())), SPEED);
    assertTrue(wide.seconds() > small.seconds() && wide.fileBytes() > small.fileBytes());
  }

  @Test
  void theStagesAreThoseOfTheOptions() {
    DataSize size = DataSize.of(1_000, 1_000, 10_000, 2);
    PipelineOptions lean =
        PipelineOptions.defaults().withTower(Optional.empty()).withCoordinate(Optional.empty());
    List<String> stages =
        TrainingEstimate.of(size, lean, SPEED).stages().stream()
            .map(TrainingEstimate.Stage::name)
            .toList();
    assertEquals(
        List.of(
            "start",
            "read",
            "als objective 1",
            "als objective 2",
            "candidates",
            "weights",
            "related",
            "fused index",
            "publish"),
        stages);
    List<String> named =
        TrainingEstimate.of(size, PipelineOptions.defaults(), SPEED, List.of("click", "like"))
            .stages()
            .stream()
            .map(TrainingEstimate.Stage::name)
            .toList();
    assertEquals(
        List.of("als click", "tower click", "als like", "tower like"),
        named.subList(named.indexOf("als click"), named.indexOf("candidates")));
    assertThrows(
        IllegalArgumentException.class,
        () -> TrainingEstimate.of(size, lean, SPEED, List.of("click")));
    PipelineOptions without = lean.withFused(Optional.empty());
    assertEquals(0, seconds(TrainingEstimate.of(size, without, SPEED), "fused index"));
    assertThrows(IllegalArgumentException.class, () -> DataSize.of(1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> size.withPositives(10_001));
  }

  /**
   * The log sizes and the times of docs/numbers.md, "Training at scale", on that machine; they were
   * measured within one process, so without its start.
   */
  @Test
  void timesAreWithinAThirdOfThoseOfTheReferenceMachine() {
    long[][] sizes = {
      {1_000, 2_000, 100_000}, {10_000, 20_000, 1_000_000}, {100_000, 200_000, 10_000_000}
    };
    double[] measured = {13, 89.3, 633};
    double[] fused = {.26, 3.6, 15};
    for (int i = 0; i < sizes.length; i++) {
      DataSize size = DataSize.of(sizes[i][0], sizes[i][1], sizes[i][2], 5).withSignals(2);
      TrainingEstimate estimate =
          TrainingEstimate.of(size, PipelineOptions.defaults(), Speed.REFERENCE);
      double stages = estimate.seconds() - seconds(estimate, "start");
      assertEquals(measured[i], stages, measured[i] / 3, size.toString());
      assertEquals(fused[i], seconds(estimate, "fused index"), .6 * fused[i], size.toString());
    }
  }

  @Test
  void aSmallLogPaysForTheStartAndForTheLeastStepsOfTheNetwork() {
    PipelineOptions options = PipelineOptions.defaults();
    TrainingEstimate small = TrainingEstimate.of(DataSize.of(50, 50, 500, 1), options, SPEED);
    TrainingEstimate half = TrainingEstimate.of(DataSize.of(50, 50, 250, 1), options, SPEED);
    assertEquals(seconds(small, "start"), seconds(half, "start"));
    assertEquals(seconds(small, "coordinate"), seconds(half, "coordinate"), .01);
    // Where what users did afterwards tells mistakes, no network is trained.
    TrainingEstimate several = TrainingEstimate.of(DataSize.of(50, 50, 500, 3), options, SPEED);
    assertTrue(seconds(several, "coordinate") < seconds(small, "coordinate"));
    assertTrue(seconds(several, "start") > .5 * several.seconds(), several.toString());
  }

  /** Of one stage, 0 where there is none. */
  private static double seconds(TrainingEstimate estimate, String stage) {
    return estimate.stages().stream()
        .filter(found -> found.name().equals(stage))
        .mapToDouble(TrainingEstimate.Stage::seconds)
        .sum();
  }

  @Test
  void aProbeMeasuresAMachine() {
    try (Workers workers = Workers.of(1)) {
      Speed speed = Speed.probe(workers);
      assertTrue(speed.flops() > 1e8 && speed.flops() < 1e13, speed.toString());
    }
  }
}
