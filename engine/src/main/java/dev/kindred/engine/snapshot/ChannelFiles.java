package dev.kindred.engine.snapshot;

import dev.kindred.engine.fused.FusedLayout;
import dev.kindred.engine.rank.RankFiles;
import dev.kindred.engine.related.Channel;
import dev.kindred.engine.related.PairValues;
import dev.kindred.engine.related.RelatedScorer;
import dev.kindred.index.EmbeddingWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what the channels of a scorer know of the items: the vectors of all in one file, the
 * priors in another, the values of pairs in one for each channel. For one thread.
 */
final class ChannelFiles {
  static final String CHANNELS = "channels.kvec";
  static final String PRIORS = "priors.kvec";

  private final RelatedScorer scorer;
  private final RankFiles.Places places;
  private final List<ChannelEntry> entries = new ArrayList<>();

  private ChannelFiles(RelatedScorer scorer, RankFiles.Places places) {
    this.scorer = scorer;
    this.places = places;
  }

  /** Writes the files; returns what the manifest says of each channel. */
  static List<ChannelEntry> write(RelatedScorer scorer, RankFiles.Places places)
      throws IOException {
    ChannelFiles files = new ChannelFiles(scorer, places);
    FusedLayout layout = FusedLayout.of(scorer);
    if (!layout.places().isEmpty()) {
      files.writeVectors(layout);
    }
    files.writePriors();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().pairs().isPresent()) {
          files.entries.add(files.ofPairs(k, part));
        }
      }
    }
    return files.entries;
  }

  /** All vectors of an item in one row, so that scoring it reads one run of memory. */
  private void writeVectors(FusedLayout layout) throws IOException {
    float[] row = new float[layout.dim()];
    float[] scratch = new float[layout.longest()];
    int[] present = new int[layout.places().size()];
    try (EmbeddingWriter out = EmbeddingWriter.create(places.file(CHANNELS), layout.dim())) {
      for (int item = 0; item < scorer.items(); item++) {
        layout.copyRow(item, row, scratch);
        out.add(row, 0);
        for (int c = 0; c < present.length; c++) {
          present[c] += layout.places().get(c).part().channel().has(item) ? 1 : 0;
        }
      }
      out.commit();
    }
    for (int c = 0; c < present.length; c++) {
      FusedLayout.Place place = layout.places().get(c);
      entries.add(entry(place.part(), CHANNELS, place.offset(), present[c]));
    }
  }

  /** The priors apart: they are no unit vectors and would spoil the lengths of rows. */
  private void writePriors() throws IOException {
    List<RelatedScorer.Part> priors = new ArrayList<>();
    for (int k = 0; k < scorer.weights().size(); k++) {
      for (RelatedScorer.Part part : scorer.parts(k)) {
        if (part.channel().kind() == Channel.Kind.PRIOR) {
          priors.add(part);
        }
      }
    }
    if (priors.isEmpty()) {
      return;
    }
    float[] row = new float[priors.size()];
    float[] number = new float[1];
    int[] present = new int[row.length];
    try (EmbeddingWriter out = EmbeddingWriter.create(places.file(PRIORS), row.length)) {
      for (int item = 0; item < scorer.items(); item++) {
        for (int p = 0; p < row.length; p++) {
          priors.get(p).channel().copyRow(item, number);
          row[p] = number[0];
          present[p] += number[0] != 0 ? 1 : 0;
        }
        out.add(row, 0);
      }
      out.commit();
    }
    for (int p = 0; p < row.length; p++) {
      entries.add(entry(priors.get(p), PRIORS, p, present[p]));
    }
  }

  private static ChannelEntry entry(RelatedScorer.Part part, String file, int offset, int present) {
    Channel channel = part.channel();
    return new ChannelEntry(
        channel.objective(),
        channel.kind(),
        file,
        offset,
        channel.dim(),
        present,
        part.calibration());
  }

  private ChannelEntry ofPairs(int objective, RelatedScorer.Part part) throws IOException {
    Channel channel = part.channel();
    String file = PairValues.fileName(channel.kind(), channel.objective(), objective);
    channel.pairs().orElseThrow().write(places.file(file));
    int present = 0;
    for (int item = 0; item < channel.items(); item++) {
      present += channel.has(item) ? 1 : 0;
    }
    return entry(part, file, 0, present);
  }
}
