package dev.kindred.engine.estimate;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.coordinate.CoordinateOptions;
import dev.kindred.engine.fused.FusedOptions;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.related.CountedObjective;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.PairValues;
import dev.kindred.engine.related.RelatedTable;
import dev.kindred.engine.related.TogetherOptions;
import dev.kindred.engine.tower.TowerOptions;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.Sections;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Bytes of a snapshot's files, and memory and time of the stages that make it. Sizes of files
 * follow from the formats and are exact where the input is known; memory and time are models whose
 * constants are rough: expect a factor of two. Times count operations and divide them by the speed
 * that was measured; the shares of it that stages reach are from docs/numbers.md, "Training at
 * scale". Immutable.
 *
 * @param files of the snapshot
 * @param stages in the order in which they run; memory includes what earlier ones left
 */
public record TrainingEstimate(List<FileSize> files, List<Stage> stages) {
  /** One file. */
  public record FileSize(String name, long bytes) {}

  /**
   * One stage.
   *
   * @param name as training reports its seconds, with the objective where it is of one
   * @param work what it does, in a few words
   * @param heapBytes on the Java heap at its peak
   * @param otherBytes outside of it at its peak
   */
  public record Stage(String name, String work, double seconds, long heapBytes, long otherBytes) {}

  private static final long HEADER = 4096;
  private static final long BLOCK = 1 << 20;

  /** The JVM, its code and threads. */
  private static final long BASE_HEAP = 40L << 20;

  public TrainingEstimate {
    files = List.copyOf(files);
    stages = List.copyOf(stages);
  }

  /** Estimates for objectives without names: stages count them from 1. */
  public static TrainingEstimate of(DataSize size, PipelineOptions options, Speed speed) {
    List<String> numbers =
        IntStream.rangeClosed(1, size.objectives()).mapToObj(k -> "objective " + k).toList();
    return of(size, options, speed, numbers);
  }

  /**
   * Estimates.
   *
   * @param objectives their names, as many as the size has
   */
  public static TrainingEstimate of(
      DataSize size, PipelineOptions options, Speed speed, List<String> objectives) {
    if (objectives.size() != size.objectives()) {
      throw new IllegalArgumentException(
          objectives.size() + " names of objectives, must be " + size.objectives());
    }
    List<FileSize> files = files(size, options);
    Stages stages = new Stages(size, options, speed, objectives);
    return new TrainingEstimate(files, stages.all(bytes(files)));
  }

  /** Bytes of all files of a snapshot. */
  public static long snapshotBytes(DataSize size, PipelineOptions options) {
    return files(size, options).stream().mapToLong(FileSize::bytes).sum();
  }

  /** Bytes of all files. */
  public long fileBytes() {
    return bytes(files);
  }

  private static long bytes(List<FileSize> files) {
    return files.stream().mapToLong(FileSize::bytes).sum();
  }

  /** The largest heap of any stage. */
  public long heapBytes() {
    return stages.stream().mapToLong(Stage::heapBytes).max().orElse(0);
  }

  /** The most memory outside of the heap of any stage. */
  public long otherBytes() {
    return stages.stream().mapToLong(Stage::otherBytes).max().orElse(0);
  }

  /** Time of all stages. */
  public double seconds() {
    return stages.stream().mapToDouble(Stage::seconds).sum();
  }

  private static List<FileSize> files(DataSize size, PipelineOptions options) {
    long n = size.items();
    List<FileSize> files = new ArrayList<>();
    files.add(ids("items.kids", n, size.idBytes()));
    long vectors = vectorDims(size, options);
    // Some number for each channel that an item lacks: as if every channel were lacked by one.
    files.add(file("channels.kvec", n * Sections.padded(4 * (vectors + channels(size, options)))));
    if (size.negativeObjectives() > 0 && options.merge() != Merge.MAX) {
      files.add(file("priors.kvec", n * Sections.padded(4L * size.negativeObjectives())));
    }
    addFused(files, n, vectors + channels(size, options), options);
    long m = Math.round(n * size.candidates());
    files.add(lists(CandidateLists.FILE_NAME, n, m));
    int place = size.objectives();
    for (CountedObjective counted : options.scoring().counted()) {
      String name = PairValues.fileName(counted.kind(), counted.name(), place++);
      files.add(file(name, 8 * (n + 1) + 8 * pairs(size, counted) + 8 * n));
    }
    files.add(file(RelatedTable.FILE_NAME, n * Sections.padded(9L * options.listLength())));
    long x = Math.round(n * size.profileValues());
    if (x > 0 || size.numberFields() > 0) {
      long strings = size.profileFields() + size.numberFields() + size.distinctValues();
      files.add(
          file(
              "profile.kprof",
              8 * (n + 1)
                  + 8 * (strings + 1)
                  + 4L * (size.profileFields() + 1)
                  + 4 * x
                  + 4 * n * size.numberFields()
                  + Math.round(strings * size.valueBytes())));
    }
    if (x > 0 && options.gate()) {
      files.add(file("gate.kgate", gateBytes(n, x, size)));
    }
    options.rank().ifPresent(rank -> new RankEstimate(size, rank).addFiles(files));
    files.add(new FileSize("manifest.json", 6_000L + 1_200L * size.objectives()));
    return files;
  }

  /** As many of an item as it has companions, who are watched together too. */
  private static long pairs(DataSize size, CountedObjective counted) {
    double most = size.companions();
    if (counted instanceof TogetherOptions together) {
      int kept = together.lists().maxPerItem();
      most = size.isCappedInCompanions() ? Math.min(kept, size.items() - 1) : Math.min(kept, most);
    }
    return Math.round(size.items() * most);
  }

  private static int channels(DataSize size, PipelineOptions options) {
    return size.objectives() * (options.tower().isPresent() ? 2 : 1);
  }

  /** Numbers of an item's vectors of all channels. */
  private static long vectorDims(DataSize size, PipelineOptions options) {
    long tower = options.tower().isPresent() ? options.tower().get().dim() : 0;
    return size.objectives() * (options.als().rank() + tower);
  }

  private static void addFused(
      List<FileSize> files, long n, long vectors, PipelineOptions options) {
    if (options.fused().isEmpty()) {
      return;
    }
    long dim = vectors;
    if (vectors > options.fused().get().maxDim()) {
      dim = options.fused().get().maxDim();
      long longest =
          Math.max(
              options.als().rank(), options.tower().isPresent() ? options.tower().get().dim() : 0);
      files.add(file("fused.kvec", n * Sections.padded(4 * dim)));
      files.add(file("fused-basis.kvec", dim * Sections.padded(4 * longest)));
    }
    files.add(graph("fused.khnsw", n, dim, options.fused().get().graph().m()));
  }

  /** A table of so many ids, as if all were as long as the mean. */
  static FileSize ids(String name, long n, double idBytes) {
    long slots = 2;
    while (slots < 2 * n) {
      slots *= 2;
    }
    double text = idBytes > IdTable.SHORT_BYTES ? idBytes : 0; // others stand in their entries
    return file(name, Sections.padded(16 * n) + 8 * slots + Math.round(n * text));
  }

  /** Lists of n items with m entries together. */
  static FileSize lists(String name, long n, long m) {
    return file(name, Sections.padded(8 * (n + 1)) + 2 * Sections.padded(4 * m) + m);
  }

  /** A graph over n vectors. */
  static FileSize graph(String name, long n, long dim, int m) {
    long links = 8L * m;
    long codes = (dim + 31) & -32;
    boolean rows = n > GRAPH_WITHOUT_CODES;
    boolean signs = n * codes > GRAPH_OF_ROW_CODES;
    long block =
        Sections.padded(links) + (signs ? links + links * (Math.max(dim, 64) + 31) / 32 : 0);
    return file(name, n * (block + 5 + (rows ? codes + 4 : 0)));
  }

  /** As if every item had a profile of its own. */
  private static long gateBytes(long n, long entries, DataSize size) {
    long values = size.distinctValues();
    return 40 + 8 * n + 4 * n + 8 * n + 4 * n + 8 * entries + 8 * entries + 16 * values;
  }

  static FileSize file(String name, long body) {
    return new FileSize(name, HEADER + body + 4 * ((body + BLOCK - 1) / BLOCK));
  }

  /** Up to so many vectors a graph keeps no codes, and to so many bytes codes of rows only. */
  private static final long GRAPH_WITHOUT_CODES = 2000;

  private static final long GRAPH_OF_ROW_CODES = 12_000_000;

  /** The stages of one training. */
  private static final class Stages {
    // Shares of the machine's matrix speed that the stages reach: rough. Related lists and the
    // graph fetch rows from all over memory, an addition and a product for each number.
    private static final double ALS_SHARE = .40;
    private static final double TOWER_SHARE = .33;
    private static final double COORDINATE_SHARE = .12;
    private static final double RELATED_SHARE = .012;
    private static final double FUSED_SHARE = .02;

    // Seconds of the reference machine.
    /** The JVM's own start, and code that runs slowly until it is compiled, in all stages. */
    private static final double START_SECONDS = 10;

    private static final double SECONDS_PER_SAMPLE_JUDGED = 1.2e-5;
    private static final double SECONDS_PER_SAMPLE_LOOKED_AT = 4e-7;
    private static final double SECONDS_PER_PAIR_MET = 4e-9;
    private static final double PUBLISHED_BYTES_PER_SECOND = 160e6; // written, read back, forced

    private static final String COORDINATING = "leave out likely mistakes";

    private final DataSize size;
    private final PipelineOptions options;
    private final Speed speed;
    private final List<String> objectives;
    private final List<Stage> stages = new ArrayList<>();
    private long heap = BASE_HEAP; // what stays
    private long other;

    Stages(DataSize size, PipelineOptions options, Speed speed, List<String> objectives) {
      this.size = size;
      this.options = options;
      this.speed = speed;
      this.objectives = objectives;
    }

    List<Stage> all(long fileBytes) {
      add("start", "start and warm up the JVM", START_SECONDS * slowness(), 0, 0);
      read();
      options.coordinate().ifPresent(this::coordinate);
      for (int k = 0; k < size.objectives(); k++) {
        objective(k);
      }
      long m = Math.round(size.items() * size.candidates());
      // Lists of arrays while joining, then the compact ones outside of the heap.
      double perItem = 2e-9 * size.items() + 3e-7 * Math.max(1, size.candidates());
      other += 9 * m;
      add(
          "candidates",
          "list what may be related to what",
          perItem * size.items() * slowness(),
          10 * m,
          0);
      double users = size.users();
      add(
          "weights",
          "weigh objectives by who came back",
          (5e-7 * size.samples() + 4e-5 * users) * slowness(),
          200 * size.users(),
          0);
      for (CountedObjective counted : options.scoring().counted()) {
        long pairs = pairs(size, counted);
        double met = Math.min(5000, (double) size.samples() / size.users()); // by one user
        add(
            counted.name(),
            "count " + counted.counts(),
            SECONDS_PER_PAIR_MET * size.samples() * met * slowness(),
            8 * pairs,
            0);
        other += 8 * pairs;
      }
      other += 8L * size.items() * options.listLength();
      double channels = size.objectives() * (options.als().rank() + dim());
      add(
          "related",
          "score the candidates",
          2 * m * channels / (speed.flops() * RELATED_SHARE),
          0,
          0);
      options.fused().ifPresent(this::fused);
      options.rank().ifPresent(this::rank);
      add("publish", "write the files", fileBytes / PUBLISHED_BYTES_PER_SECOND * slowness(), 0, 0);
      return stages;
    }

    /** Each item is compared with the neighbours of those on its way, in a small graph with all. */
    private void fused(FusedOptions fused) {
      long dim = Math.min(vectorDims(size, options), fused.maxDim());
      long links = (long) fused.graph().efConstruction() * fused.graph().m();
      double compared = (double) size.items() * Math.min(links, size.items());
      add(
          "fused index",
          "link the vectors of all channels",
          compared * 2 * dim / (speed.flops() * FUSED_SHARE),
          0,
          0);
    }

    private void rank(RankOptions rank) {
      RankEstimate estimate = new RankEstimate(size, rank);
      other += estimate.otherBytes();
      add(
          "rank",
          "train the personalised ranking",
          estimate.seconds(speed),
          estimate.heapBytes(),
          0);
    }

    private void read() {
      long ids = Math.round((size.users() + size.items()) * (76 + size.idBytes()));
      double objectiveBytes = (size.objectives() - 1) / 8.0 + 4; // bits, and one of strengths
      long row = Math.round(16 + 4 * size.signals() + objectiveBytes);
      long log = row * size.samples();
      heap += ids + log;
      long profile =
          Math.round(size.items() * (4 * size.profileValues() + 4 * size.profileFields()));
      heap += profile + Math.round(size.distinctValues() * (76 + size.valueBytes()));
      // Columns grow by half and are trimmed at the end.
      add(
          "read",
          "read the log and the catalogues",
          size.samples() / speed.rowsPerSecond(),
          Math.round(1.25 * log),
          0);
    }

    private void coordinate(CoordinateOptions c) {
      long kept = 4L * size.objectives() * size.samples() + size.objectives() * size.samples() / 8;
      heap += kept;
      double taken = 0;
      double asked = 0;
      for (int k = 0; k < size.objectives(); k++) {
        taken += Math.min(size.positivesOf(k), c.maxPositives());
        asked += size.positivesOf(k);
      }
      long scratch = 5 * size.samples() + 12L * c.embeddingDim() * (size.users() + size.items());
      // Of several objectives what users did afterwards is taken to tell the mistakes; of one that
      // has no signals nothing does.
      boolean trained = size.objectives() > 1 ? !c.balanced() : size.signals() > 0;
      if (!trained) {
        double judged = SECONDS_PER_SAMPLE_JUDGED * taken;
        double lookedAt = SECONDS_PER_SAMPLE_LOOKED_AT * size.samples();
        add("coordinate", COORDINATING, (judged + lookedAt) * slowness(), scratch, 0);
        return;
      }
      double examples = taken * (1 + c.negatives()) * (c.folds() - 1); // of all folds together
      int passes = c.epochs((int) Math.min(Integer.MAX_VALUE, examples / c.folds()));
      double width = c.embeddingDim() * (2.0 + size.profileFields()) + 24 + 4 * size.signals();
      double flops = 2 * width * c.hidden().getFirst() + 4 * width * 24;
      double work = examples * passes * 3 * flops + asked * flops;
      add("coordinate", COORDINATING, work / (speed.flops() * COORDINATE_SHARE), scratch, 0);
    }

    private void objective(int k) {
      long positives = size.positivesOf(k);
      long both = size.users() + size.items();
      AlsOptions als = options.als();
      double rank = als.rank();
      double flops =
          als.iterations()
              * (2.0 * positives * rank * rank * 2
                  + both * (rank * rank * rank / 3 + 4 * rank * rank));
      // Rows of users, their transpose, and the part held out.
      long matrix = 8 * (size.users() + size.items()) + 3 * 8 * positives;
      long factors = Math.round(4 * both * rank);
      other += size.items() * Sections.padded(Math.round(4 * rank));
      add(
          "als " + objectives.get(k),
          "linear channel, ALS",
          flops / (speed.flops() * ALS_SHARE),
          2 * factors,
          matrix);
      if (options.tower().isPresent()) {
        TowerOptions tower = options.tower().get();
        double width = tower.embeddingDim() * (2.0 + size.profileFields());
        double layers = 0;
        double in = width;
        for (int hidden : tower.hidden()) {
          layers += in * hidden;
          in = hidden;
        }
        layers += in * tower.dim() + (tower.skip() ? width * tower.dim() : 0);
        double perPass =
            tower.epochSamples() == 0 ? positives : Math.min(positives, tower.epochSamples());
        double each = 2 * 2 * 3 * layers + 2.0 * 3 * tower.batch() * tower.dim();
        double passes = tower.epochs();
        // Embeddings with two moments and a copy of the best ones, and the vectors.
        long embeddings = 16L * tower.embeddingDim() * (both + size.distinctValues());
        long vectors = 8L * tower.dim() * both;
        other += size.items() * Sections.padded(4L * tower.dim());
        add(
            "tower " + objectives.get(k),
            "non-linear channel, two-tower network",
            passes * perPass * each / (speed.flops() * TOWER_SHARE),
            embeddings + vectors + 4 * positives,
            matrix);
      }
    }

    private long dim() {
      return options.tower().map(TowerOptions::dim).orElse(0);
    }

    /** How much slower than the reference the machine is in what is no matrix product. */
    private double slowness() {
      return Speed.REFERENCE.rowsPerSecond() / speed.rowsPerSecond();
    }

    private void add(String name, String work, double seconds, long heapForNow, long otherForNow) {
      stages.add(new Stage(name, work, seconds, heap + heapForNow, other + otherForNow));
    }
  }
}
