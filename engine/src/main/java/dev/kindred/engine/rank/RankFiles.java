package dev.kindred.engine.rank;

import dev.kindred.engine.nn.serve.ItemHalves;
import dev.kindred.engine.nn.serve.ItemPrecision;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.EmbeddingWriter;
import dev.kindred.index.Hnsw;
import dev.kindred.index.HnswOptions;
import dev.kindred.index.IdTable;
import dev.kindred.index.Metric;
import dev.kindred.index.file.CheckedFileWriter;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of the personalised path in a snapshot, see docs/formats.md. Stateless. */
public final class RankFiles {
  /** Whose presence in a manifest says that a snapshot can recommend. */
  public static final String DESCRIPTION = "ranking.krank";

  static final String KIND = "krank";

  /** 3: pairs are told by the lists of what was watched, no longer by those of the candidates. */
  static final int VERSION = 3;

  static final String USERS = "users.kids";
  static final String HISTORIES = "histories.khist";
  static final String PROFILES = "users.kvec";
  static final String USER_TOWER = "user-tower.safetensors";
  static final String VECTORS = "retrieval.kvec";
  static final String GRAPH = "retrieval.khnsw";
  static final String WATCHED = "watched.kvec";
  static final String TOKENS = "searched.kids";
  static final String TOKEN_VALUES = "searched.kvec";
  static final String SEARCHES = "searches.khist";
  static final String NETWORK = "ranker.safetensors";
  static final String HALVES = "ranker.khalf";
  static final String GROUPS = "groups.kgroup";
  static final String TOGETHER = "together.kcsr";

  private RankFiles() {}

  /** Gives the place of a file of the snapshot that is being written. */
  public interface Places {
    Path file(String name) throws IOException;
  }

  /** Writes all files; the graph over the items' vectors is built here. */
  public static void write(RankModel model, Places places, Workers workers, Progress progress)
      throws IOException {
    parts(model, places);
    graph(places, workers, progress);
  }

  /** Writes all files with the graph of a snapshot whose items have the same vectors. */
  public static void write(RankModel model, Places places, Path like) throws IOException {
    parts(model, places);
    Files.copy(like.resolve(GRAPH), places.file(GRAPH));
  }

  private static void parts(RankModel model, Places places) throws IOException {
    RankDescription description = model.description();
    try (CheckedFileWriter out =
        CheckedFileWriter.create(places.file(DESCRIPTION), KIND, VERSION)) {
      byte[] json = description.toJson().getBytes(StandardCharsets.UTF_8);
      out.writeBytes(json, 0, json.length);
      out.commit();
    }
    RankModel.UserRows users = model.users();
    IdTable.write(places.file(USERS), users.size(), users::idOf);
    UserHistories.write(places.file(HISTORIES), users.size(), users::history);
    if (description.profile() > 0) {
      float[] row = new float[description.profile()];
      try (EmbeddingWriter out = EmbeddingWriter.create(places.file(PROFILES), row.length)) {
        for (int user = -1; user < users.size(); user++) {
          users.profile(user, row, 0);
          out.add(row, 0);
        }
        out.commit();
      }
    }
    NetworkFiles.write(places.file(USER_TOWER), model.userTower());
    NetworkFiles.write(places.file(NETWORK), model.network());
    model.groups().write(places.file(GROUPS));
    model.together().write(places.file(TOGETHER));
    items(model, places);
    if (description.readsSearches()) {
      searches(model, places);
    }
  }

  private static void searches(RankModel model, Places places) throws IOException {
    RankModel.TokenRows tokens = model.tokens();
    IdTable.write(places.file(TOKENS), tokens.size(), tokens::idOf);
    RankDescription description = model.description();
    float[] row = new float[description.towerSearched() + description.rankSearched()];
    try (EmbeddingWriter out = EmbeddingWriter.create(places.file(TOKEN_VALUES), row.length)) {
      for (int token = 0; token < tokens.size(); token++) {
        tokens.values(token, row, 0);
        out.add(row, 0);
      }
      out.commit();
    }
    RankModel.UserRows users = model.users();
    UserHistories.write(places.file(SEARCHES), users.size(), users::searches);
  }

  private static void items(RankModel model, Places places) throws IOException {
    RankModel.ItemRows items = model.items();
    int dim = model.userTower().outputs();
    float[] vector = new float[dim];
    try (EmbeddingWriter out = EmbeddingWriter.createNormalized(places.file(VECTORS), dim)) {
      for (int item = 0; item < items.size(); item++) {
        items.vector(item, vector, 0);
        out.add(vector, 0);
      }
      out.commit();
    }
    RankDescription description = model.description();
    float[] watched = new float[description.towerHistory() + description.rankHistory()];
    try (EmbeddingWriter out = EmbeddingWriter.create(places.file(WATCHED), watched.length)) {
      for (int item = 0; item < items.size(); item++) {
        items.history(item, watched, 0);
        out.add(watched, 0);
      }
      out.commit();
    }
    // Lists are as good as those of halves, and take less time: docs/decisions/recommend.md.
    SplitMmoe split = split(description, model.network(), ItemPrecision.BYTE);
    ItemHalves.write(places.file(HALVES), split, items.size(), items::inputs);
  }

  /** A graph finds its rows by their place, so they are opened where they were written. */
  private static void graph(Places places, Workers workers, Progress progress) throws IOException {
    Path graph = places.file(GRAPH);
    try (Arena arena = Arena.ofShared()) {
      EmbeddingFile vectors = EmbeddingFile.open(graph.resolveSibling(VECTORS), arena);
      Hnsw.build(
              vectors.embeddings(), Metric.COSINE, HnswOptions.defaults(), arena, workers, progress)
          .save(graph);
    }
  }

  /** Everything of an item's half is stored. */
  static SplitMmoe split(RankDescription description, Mmoe network, ItemPrecision precision) {
    return new SplitMmoe(
        network,
        description.rankUserInputs(),
        description.rankPairInputs(),
        Integer.MAX_VALUE,
        precision);
  }
}
