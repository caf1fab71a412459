package dev.kindred.engine.fused;

import dev.kindred.engine.related.Calibration;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.EmbeddingWriter;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.Metric;
import dev.kindred.index.RecallMonitor;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A graph over the vectors of all channels side by side, which answers requests at any weights.
 *
 * <p>With unit vectors u per channel, sum_c q_c &lt;u_ic, u_jc&gt; is the inner product of the
 * query [q_1 u_i1; ...; q_C u_iC] with the stored [u_j1; ...; u_jC]: weights scale the query, and
 * the graph never changes. With calibrated log-odds the score of a pair is affine in the cosines
 * and so just that, up to a constant, but for negative objectives, which are cut off at 0. The
 * graph finds a shortlist; whoever asks scores it exactly.
 *
 * <p>Vectors of more dimensions than wanted are reduced, channel by channel, to their principal
 * directions. The same for any number of threads. Immutable, may be shared by threads while its
 * arena is open.
 */
public final class FusedIndex {
  /** The graph, within a snapshot. */
  public static final String GRAPH_FILE = "fused.khnsw";

  /** The fused vectors, within a snapshot; only where they are reduced. */
  public static final String ROWS_FILE = "fused.kvec";

  /** The directions that reduced vectors are along, within a snapshot. */
  public static final String BASIS_FILE = "fused-basis.kvec";

  /**
   * What a snapshot's manifest says of its fused index. Immutable.
   *
   * @param dim of the fused vectors
   * @param reduced whether vectors are reduced to principal directions
   * @param channelDims numbers that each channel takes in a fused vector
   * @param energy part of each channel's squared lengths that these keep, 1 where not reduced
   */
  public record Description(
      int dim, boolean reduced, List<Integer> channelDims, List<Double> energy) {
    public Description {
      channelDims = List.copyOf(channelDims);
      energy = List.copyOf(energy);
    }
  }

  private final RelatedScorer scorer;
  private final FusedLayout full;
  private final FusedLayout layout;
  private final ChannelBasis basis; // null where not reduced
  private final Embeddings rows;
  private final Hnsw graph;

  private FusedIndex(
      RelatedScorer scorer,
      FusedLayout full,
      FusedLayout layout,
      ChannelBasis basis,
      Embeddings rows,
      Hnsw graph) {
    this.scorer = scorer;
    this.full = full;
    this.layout = layout;
    this.basis = basis;
    this.rows = rows;
    this.graph = graph;
  }

  /**
   * Builds the index of all channels of a scorer.
   *
   * @return empty if there is no vector channel to search
   */
  public static Optional<FusedIndex> build(
      RelatedScorer scorer, FusedOptions options, Workers workers, Progress progress) {
    FusedLayout full = FusedLayout.of(scorer);
    if (full.places().isEmpty() || scorer.items() == 0) {
      return Optional.empty();
    }
    boolean reduced = full.dim() > options.maxDim();
    int absences = full.dim() - full.vectorDim();
    if (reduced && options.maxDim() - absences < full.places().size()) {
      throw new IllegalArgumentException(
          full.places().size()
              + " channels don't fit fused vectors of "
              + options.maxDim()
              + " dimensions; allow more");
    }
    ChannelBasis basis = reduced ? ChannelBasis.learn(full, options.maxDim() - absences) : null;
    FusedLayout layout = reduced ? reducedLayout(scorer, full, basis.kept()) : full;
    Embeddings rows = rows(scorer.items(), full, layout, basis);
    Hnsw graph = Hnsw.build(rows, Metric.DOT, options.graph(), Arena.ofAuto(), workers, progress);
    return Optional.of(new FusedIndex(scorer, full, layout, basis, rows, graph));
  }

  private static FusedLayout reducedLayout(RelatedScorer scorer, FusedLayout full, int[] kept) {
    boolean[] lacking = new boolean[kept.length];
    for (int c = 0; c < kept.length; c++) {
      lacking[c] = full.places().get(c).absentAt() >= 0;
    }
    return FusedLayout.of(scorer, kept, lacking);
  }

  private static Embeddings rows(
      int items, FusedLayout full, FusedLayout layout, ChannelBasis basis) {
    Embeddings.Builder rows = Embeddings.builder(items, layout.dim(), Arena.ofAuto());
    float[] scratch = new float[full.longest()];
    float[] whole = new float[full.dim()];
    float[] row = new float[layout.dim()];
    for (int item = 0; item < items; item++) {
      full.copyRow(item, whole, scratch);
      reduce(full, layout, basis, whole, row);
      rows.add(row, 0);
    }
    return rows.build();
  }

  private static void reduce(
      FusedLayout full, FusedLayout layout, ChannelBasis basis, float[] whole, float[] row) {
    if (basis == null) {
      System.arraycopy(whole, 0, row, 0, row.length);
      return;
    }
    for (int c = 0; c < layout.places().size(); c++) {
      basis.project(c, whole, full.places().get(c).offset(), row, layout.places().get(c).offset());
    }
    int absences = full.dim() - full.vectorDim();
    System.arraycopy(whole, full.vectorDim(), row, layout.vectorDim(), absences);
  }

  /** Writes the graph and, where vectors are reduced, these and their directions. */
  public List<String> write(Path directory) throws IOException {
    List<String> files = new ArrayList<>(List.of(GRAPH_FILE));
    graph.save(directory.resolve(GRAPH_FILE));
    if (basis != null) {
      EmbeddingFile.write(directory.resolve(ROWS_FILE), rows);
      files.add(ROWS_FILE);
      float[] direction = new float[full.longest()];
      try (EmbeddingWriter out =
          EmbeddingWriter.create(directory.resolve(BASIS_FILE), direction.length)) {
        for (int c = 0; c < layout.places().size(); c++) {
          for (int r = 0; r < basis.kept(c); r++) {
            Arrays.fill(direction, 0);
            basis.copyDirection(c, r, direction);
            out.add(direction, 0);
          }
        }
        out.commit();
      }
      files.add(BASIS_FILE);
    }
    return files;
  }

  /** What is to be known to open it. */
  public Description description() {
    List<Integer> dims = new ArrayList<>();
    List<Double> energy = new ArrayList<>();
    for (int c = 0; c < layout.places().size(); c++) {
      dims.add(layout.places().get(c).dim());
      energy.add(basis == null ? 1.0 : basis.energy(c));
    }
    return new Description(layout.dim(), basis != null, dims, energy);
  }

  /**
   * Opens an index in place.
   *
   * @param rows of all channels as the snapshot has them: searched where vectors aren't reduced
   * @param lacking per channel whether some items lack it
   * @param arena owns the mappings
   * @throws CorruptFileException if a file is damaged, or doesn't fit the description
   */
  public static FusedIndex open(
      Path directory,
      Description description,
      RelatedScorer scorer,
      boolean[] lacking,
      Embeddings rows,
      MemoryMode mode,
      Arena arena)
      throws IOException {
    int channels = lacking.length;
    Path graphFile = directory.resolve(GRAPH_FILE);
    if (description.channelDims().size() != channels || description.energy().size() != channels) {
      throw new CorruptFileException(
          graphFile,
          -1,
          "is described for "
              + description.channelDims().size()
              + " channels, the snapshot has "
              + channels);
    }
    FusedLayout full = fullLayout(scorer, lacking);
    int[] kept = description.channelDims().stream().mapToInt(Integer::intValue).toArray();
    FusedLayout layout = FusedLayout.of(scorer, kept, lacking);
    Embeddings searched = rows;
    ChannelBasis basis = null;
    if (description.reduced()) {
      searched = EmbeddingFile.open(directory.resolve(ROWS_FILE), mode, arena).embeddings();
      Path basisFile = directory.resolve(BASIS_FILE);
      basis =
          basis(basisFile, EmbeddingFile.open(basisFile, arena).embeddings(), full, description);
    }
    if (searched.size() != scorer.items()
        || searched.dim() != layout.dim()
        || description.dim() != layout.dim()
        || !description.reduced() && full.dim() != layout.dim()) {
      throw new CorruptFileException(
          graphFile,
          -1,
          "is over "
              + searched.size()
              + " rows of "
              + searched.dim()
              + ", the manifest says "
              + scorer.items()
              + " of "
              + description.dim()
              + "; restore the snapshot from a good copy or build it again");
    }
    return new FusedIndex(
        scorer, full, layout, basis, searched, Hnsw.open(graphFile, searched, mode, arena));
  }

  private static FusedLayout fullLayout(RelatedScorer scorer, boolean[] lacking) {
    List<Integer> dims = new ArrayList<>();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().isVectors()) {
          dims.add(part.channel().dim());
        }
      }
    }
    return FusedLayout.of(scorer, dims.stream().mapToInt(Integer::intValue).toArray(), lacking);
  }

  private static ChannelBasis basis(
      Path file, Embeddings rows, FusedLayout full, Description description) {
    int channels = full.places().size();
    int[] kept = new int[channels];
    double[] energy = new double[channels];
    float[][] directions = new float[channels][];
    float[] row = new float[rows.dim()];
    int at = 0;
    for (int c = 0; c < channels; c++) {
      int dim = full.places().get(c).dim();
      kept[c] = description.channelDims().get(c);
      energy[c] = description.energy().get(c);
      if (kept[c] < 1 || kept[c] > dim || at + kept[c] > rows.size() || dim > rows.dim()) {
        throw new CorruptFileException(
            file,
            -1,
            "has "
                + rows.size()
                + " directions of "
                + rows.dim()
                + ", too few for the channels; restore the snapshot from a good copy");
      }
      directions[c] = new float[kept[c] * dim];
      for (int r = 0; r < kept[c]; r++) {
        rows.copyRow(at++, row, 0);
        System.arraycopy(row, 0, directions[c], r * dim, dim);
      }
    }
    return new ChannelBasis(directions, kept, energy);
  }

  /** Scratch and graph searcher of one thread. */
  public FusedSearcher searcher() {
    return new FusedSearcher(this, null);
  }

  /**
   * A searcher, some of whose searches are compared with exact ones.
   *
   * @param monitor of {@link #monitor}
   */
  public FusedSearcher searcher(RecallMonitor monitor) {
    return new FusedSearcher(this, Objects.requireNonNull(monitor, "monitor"));
  }

  /**
   * Compares searches with exact ones on a thread of its own; to be closed before what this reads.
   *
   * @param share part of the searches, in (0, 1]
   */
  public RecallMonitor monitor(double share) {
    return RecallMonitor.of(graph, share);
  }

  /** The scorer whose scores the index approximates. */
  public RelatedScorer scorer() {
    return scorer;
  }

  /** How the channels stand in a vector of {@link FusedLayout#vectorDim} numbers. */
  public FusedLayout full() {
    return full;
  }

  FusedLayout layout() {
    return layout;
  }

  Hnsw graph() {
    return graph;
  }

  Embeddings rows() {
    return rows;
  }

  /** Writes the fused form of a whole vector; numbers for absent channels become 0. */
  void reduce(float[] whole, float[] query) {
    Arrays.fill(query, 0);
    for (int c = 0; c < layout.places().size(); c++) {
      int from = full.places().get(c).offset();
      int to = layout.places().get(c).offset();
      if (basis == null) {
        System.arraycopy(whole, from, query, to, layout.places().get(c).dim());
      } else {
        basis.project(c, whole, from, query, to);
      }
    }
  }

  /** What a cosine of a channel counts for, next to those of other channels. */
  float slope(FusedLayout.Place place) {
    Calibration calibration = place.part().calibration();
    return scorer.merge() == Merge.MAX ? 1 : calibration.slope();
  }

  /** What lacking a channel counts for, next to having it at cosine 0. */
  float absence(FusedLayout.Place place) {
    Calibration calibration = place.part().calibration();
    return scorer.merge() == Merge.MAX ? 0 : calibration.absentLogOdds(0) - calibration.intercept();
  }
}
