package dev.kindred.jmh.compare;

import dev.kindred.index.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;

/**
 * Lucene's HNSW: one segment, mapped and preloaded, asked below the level of queries.
 *
 * <p>Segments are flushed without graphs and merged into one, whose graph is built by as many merge
 * workers as there are threads: Lucene's own way to build on several threads, and no slower on one.
 *
 * <p>With 8 bits it searches the quantised vectors and scores the best {@value #RESCORED} times k
 * anew with the floats.
 */
final class LuceneEngine extends JavaEngine {
  private static final String FIELD = "vector";
  private static final int RESCORED = 3;

  /** Segments before the merge. */
  private static final int SEGMENTS = 8;

  /** Below this many rows Lucene searches without a graph, whatever is asked. */
  private static final int FEWEST_PER_SEGMENT = 128;

  private final SearchSet set;
  private final MMapDirectory directory;
  private final DirectoryReader reader;
  private final LeafReader segment;
  private final AcceptDocs all;
  private final FloatVectorValues rescoring;

  private LuceneEngine(
      SearchSet set,
      BuildCache.Built built,
      boolean quantised,
      MMapDirectory directory,
      DirectoryReader reader)
      throws IOException {
    super(built.time(), built.bytes());
    this.set = set;
    this.directory = directory;
    this.reader = reader;
    this.segment = reader.leaves().getFirst().reader();
    this.all = AcceptDocs.fromLiveDocs(null, segment.maxDoc());
    this.rescoring = quantised ? segment.getFloatVectorValues(FIELD) : null;
  }

  /** Lucene with 32-bit floats. */
  static Optional<Engine> openFloats(
      SearchSet set, EngineKind.Building building, BuildCache cache, EngineKind.Notes notes)
      throws IOException {
    return open(set, building, cache, notes, false);
  }

  /** Lucene with a byte for each value, and the floats to score the best anew. */
  static Optional<Engine> openBytes(
      SearchSet set, EngineKind.Building building, BuildCache cache, EngineKind.Notes notes)
      throws IOException {
    return open(set, building, cache, notes, true);
  }

  private static Optional<Engine> open(
      SearchSet set,
      EngineKind.Building building,
      BuildCache cache,
      EngineKind.Notes notes,
      boolean quantised)
      throws IOException {
    String name = quantised ? "lucene-8bit" : "lucene";
    BuildCache.Built built =
        cache.get(
            set,
            name + "-10.6.0-" + building.name(),
            building.anew(),
            directory -> {
              notes.note(name + ": building on " + building.threads() + " threads");
              return build(set, building, quantised, directory);
            });
    MMapDirectory directory = new MMapDirectory(built.directory());
    directory.setPreload(MMapDirectory.ALL_FILES);
    DirectoryReader reader = DirectoryReader.open(directory);
    if (reader.leaves().size() != 1) {
      throw new IllegalStateException(name + " has " + reader.leaves().size() + " segments");
    }
    return Optional.of(new LuceneEngine(set, built, quantised, directory, reader));
  }

  private static BuildTime build(
      SearchSet set, EngineKind.Building building, boolean quantised, Path target)
      throws IOException {
    ExecutorService merging =
        building.threads() == 1 ? null : Executors.newFixedThreadPool(building.threads());
    int perSegment = Math.max(FEWEST_PER_SEGMENT, set.base().size() / SEGMENTS + 1);
    int noGraphBelow = noGraphBelow(perSegment);
    KnnVectorsFormat format =
        quantised
            ? new Lucene104HnswScalarQuantizedVectorsFormat(
                ScalarEncoding.UNSIGNED_BYTE,
                building.m(),
                building.efConstruction(),
                building.threads(),
                merging,
                noGraphBelow)
            : new Lucene99HnswVectorsFormat(
                building.m(), building.efConstruction(), building.threads(), merging, noGraphBelow);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(
                new Lucene104Codec() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return format;
                  }
                })
            .setUseCompoundFile(false)
            .setMergeScheduler(new SerialMergeScheduler())
            .setMaxBufferedDocs(perSegment)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (MMapDirectory directory = new MMapDirectory(target);
        IndexWriter writer = new IndexWriter(directory, config)) {
      return BuildTime.of(() -> write(set, writer));
    } finally {
      if (merging != null) {
        merging.shutdown();
      }
    }
  }

  private static void write(SearchSet set, IndexWriter writer) throws IOException {
    for (int ordinal = 0; ordinal < set.base().size(); ordinal++) {
      Document document = new Document();
      document.add(new KnnFloatVectorField(FIELD, set.row(ordinal), similarity(set.metric())));
      writer.addDocument(document);
    }
    writer.forceMerge(1);
    writer.commit();
  }

  /** Lucene's threshold t for which a segment of n rows has a graph if n > t ln(n). */
  private static int noGraphBelow(int rows) {
    return (int) Math.ceil(rows / Math.log(rows)) + 1;
  }

  private static VectorSimilarityFunction similarity(Metric metric) {
    return switch (metric) {
      case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
      case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
      case L2 -> VectorSimilarityFunction.EUCLIDEAN;
    };
  }

  @Override
  void answer(int query, int ef, Answers answers) throws IOException {
    float[] asked = set.query(query);
    TopKnnCollector collector = new TopKnnCollector(ef, Integer.MAX_VALUE);
    segment.searchNearestVectors(FIELD, asked, collector, all);
    ScoreDoc[] found = collector.topDocs().scoreDocs;
    if (rescoring != null) {
      found = rescored(found, asked, answers.k());
    }
    for (int rank = 0; rank < Math.min(answers.k(), found.length); rank++) {
      answers.set(query, rank, found[rank].doc, score(found[rank].score));
    }
  }

  private ScoreDoc[] rescored(ScoreDoc[] found, float[] asked, int k) throws IOException {
    ScoreDoc[] best = Arrays.copyOf(found, Math.min(found.length, RESCORED * k));
    VectorSimilarityFunction similarity = similarity(set.metric());
    for (ScoreDoc entry : best) {
      entry.score = similarity.compare(asked, rescoring.vectorValue(entry.doc));
    }
    Arrays.sort(best, Comparator.comparingDouble(entry -> -entry.score));
    return best;
  }

  /** What Lucene made of a product or distance, undone. */
  private float score(float score) {
    return switch (set.metric()) {
      case COSINE -> 2 * score - 1;
      case DOT -> score < 1 ? 1 - 1 / score : score - 1;
      case L2 -> 1 - 1 / score;
    };
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
