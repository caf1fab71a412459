package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.data.SearchTokens;
import dev.kindred.engine.nn.serve.ItemHalves;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import dev.kindred.engine.nn.serve.NetworkFiles;
import dev.kindred.engine.nn.serve.SplitMmoe;
import dev.kindred.index.EmbeddingFile;
import dev.kindred.index.Embeddings;
import dev.kindred.index.Hnsw;
import dev.kindred.index.IdTable;
import dev.kindred.index.file.CheckedFile;
import dev.kindred.index.file.CorruptFileException;
import dev.kindred.index.file.MemoryMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The personalised path of an opened snapshot: networks on the heap, all that there is of items and
 * users mapped. Immutable; may be shared by threads while its arena is open.
 */
public final class Ranking {
  private final RankDescription description;
  private final CheckedFile descriptionFile;
  private final IdTable users;
  private final UserHistories histories;
  private final EmbeddingFile profiles; // null without profiles of users
  private final Mlp userTower;
  private final EmbeddingFile vectors;
  private final Hnsw index;
  private final Path indexPath;
  private final EmbeddingFile watched;
  private final IdTable tokens; // null where searches are no feature, as the next
  private final EmbeddingFile tokenValues;
  private final Optional<UserHistories> searches;
  private final SplitMmoe network;
  private final ItemHalves halves;
  private final ItemGroups groups;
  private final CandidateLists together;

  private Ranking(Path directory, MemoryMode mode, Arena arena) throws IOException {
    Path path = directory.resolve(RankFiles.DESCRIPTION);
    descriptionFile = CheckedFile.open(path, RankFiles.KIND, RankFiles.VERSION, arena);
    descriptionFile.verify(); // it is small, and read at once
    byte[] json = descriptionFile.body().toArray(ValueLayout.JAVA_BYTE);
    try {
      description = RankDescription.fromJson(new String(json, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(path, -1, e.getMessage());
    }
    users = IdTable.open(directory.resolve(RankFiles.USERS), mode, arena);
    histories = UserHistories.open(directory.resolve(RankFiles.HISTORIES), mode, arena);
    profiles =
        description.profile() == 0
            ? null
            : EmbeddingFile.open(directory.resolve(RankFiles.PROFILES), mode, arena);
    userTower = NetworkFiles.readMlp(directory.resolve(RankFiles.USER_TOWER)).forSingleRows();
    vectors = EmbeddingFile.open(directory.resolve(RankFiles.VECTORS), mode, arena);
    indexPath = directory.resolve(RankFiles.GRAPH);
    index = Hnsw.open(indexPath, vectors.embeddings(), mode, arena);
    watched = EmbeddingFile.open(directory.resolve(RankFiles.WATCHED), mode, arena);
    boolean searched = description.readsSearches();
    tokens = searched ? IdTable.open(directory.resolve(RankFiles.TOKENS), mode, arena) : null;
    tokenValues =
        searched
            ? EmbeddingFile.open(directory.resolve(RankFiles.TOKEN_VALUES), mode, arena)
            : null;
    searches =
        searched
            ? Optional.of(UserHistories.open(directory.resolve(RankFiles.SEARCHES), mode, arena))
            : Optional.empty();
    Mmoe mmoe = NetworkFiles.readMmoe(directory.resolve(RankFiles.NETWORK));
    halves = ItemHalves.open(directory.resolve(RankFiles.HALVES), mode, arena);
    groups = ItemGroups.open(directory.resolve(RankFiles.GROUPS), mode, arena);
    together = CandidateLists.open(directory.resolve(RankFiles.TOGETHER), mode, arena);
    try {
      RankModel.check(description, userTower, mmoe);
      network = RankFiles.split(description, mmoe, halves.precision());
    } catch (IllegalArgumentException e) {
      throw new CorruptFileException(path, -1, "doesn't fit its networks: " + e.getMessage());
    }
    agree(RankFiles.HISTORIES, directory, histories.size(), users.size());
    if (profiles != null) {
      agree(RankFiles.PROFILES, directory, profiles.size(), users.size() + 1);
      agree(RankFiles.PROFILES, directory, profiles.dim(), description.profile());
    }
    int history = description.towerHistory() + description.rankHistory();
    agree(RankFiles.WATCHED, directory, watched.dim(), history);
    agree(RankFiles.WATCHED, directory, watched.size(), vectors.size());
    if (searched) {
      int values = description.towerSearched() + description.rankSearched();
      agree(RankFiles.TOKEN_VALUES, directory, tokenValues.dim(), values);
      agree(RankFiles.TOKEN_VALUES, directory, tokenValues.size(), tokens.size());
      agree(RankFiles.SEARCHES, directory, searches.get().size(), users.size());
    }
    agree(RankFiles.VECTORS, directory, vectors.dim(), userTower.outputs());
    agree(RankFiles.HALVES, directory, halves.size(), vectors.size());
    agree(RankFiles.HALVES, directory, halves.values(), network.storedValues());
    agree(RankFiles.GROUPS, directory, groups.size(), vectors.size());
    agree(RankFiles.TOGETHER, directory, together.items(), vectors.size());
  }

  private static void agree(String name, Path directory, int found, int expected) {
    if (found != expected) {
      throw new CorruptFileException(
          directory.resolve(name),
          -1,
          "has %d of what others have %d of; the files are of different snapshots: build it again"
              .formatted(found, expected));
    }
  }

  /**
   * Opens the files of a snapshot in a mode of memory.
   *
   * @param arena owns the mappings or copies
   * @throws CorruptFileException if one is damaged, or they don't fit together
   */
  public static Ranking open(Path directory, MemoryMode mode, Arena arena) throws IOException {
    return new Ranking(directory, mode, arena);
  }

  /** What each file's check of its whole body is. */
  public List<Runnable> checks() {
    List<Runnable> checks = new ArrayList<>();
    checks.add(descriptionFile::verify);
    checks.add(users::verify);
    checks.add(histories::verify);
    if (profiles != null) {
      checks.add(profiles::verify);
    }
    checks.add(vectors::verify);
    checks.add(this::verifyIndex);
    checks.add(watched::verify);
    if (tokens != null) {
      checks.add(tokens::verify);
      checks.add(tokenValues::verify);
      checks.add(searches.get()::verify);
    }
    checks.add(halves::verify);
    checks.add(groups::verify);
    checks.add(together::verify);
    return checks;
  }

  private void verifyIndex() {
    try {
      Hnsw.verify(indexPath);
    } catch (IOException e) {
      throw new CorruptFileException(indexPath, -1, "can't be read: " + e.getMessage());
    }
  }

  public RankDescription description() {
    return description;
  }

  /** How many items there are. */
  public int items() {
    return vectors.size();
  }

  /** Ids and ordinals of the users of the log. */
  public IdTable users() {
    return users;
  }

  /** What the users of the log did last. */
  public UserHistories histories() {
    return histories;
  }

  /** What the users of the log searched for last; empty where searches are no feature. */
  public Optional<UserHistories> searches() {
    return searches;
  }

  /** How many tokens that users search for are known. */
  int tokens() {
    return tokens == null ? 0 : tokens.size();
  }

  /**
   * Ordinals of the known tokens of what somebody searches for, in the order of the text; none
   * where searches are no feature.
   */
  public int[] tokensOf(CharSequence query) {
    return tokens == null
        ? new int[0]
        : SearchTokens.of(query).stream()
            .mapToInt(tokens::ordinalOf)
            .filter(token -> token >= 0)
            .toArray();
  }

  /** What a token adds to means, see {@link RankModel.TokenRows#values}. */
  Embeddings tokenValues() {
    return tokenValues.embeddings();
  }

  /** Topics, series and popular items. */
  public ItemGroups groups() {
    return groups;
  }

  /** For each item what the same users watched. */
  CandidateLists together() {
    return together;
  }

  Mlp userTower() {
    return userTower;
  }

  Embeddings vectors() {
    return vectors.embeddings();
  }

  Hnsw index() {
    return index;
  }

  Embeddings watched() {
    return watched.embeddings();
  }

  SplitMmoe network() {
    return network;
  }

  ItemHalves halves() {
    return halves;
  }

  /**
   * Writes a user's profile, both networks' parts, to target[0, description.profile()).
   *
   * @param user -1 for one of whom nothing is known
   */
  void profile(int user, float[] target) {
    if (profiles != null) {
      profiles.embeddings().copyRow(user + 1, target, 0);
    }
  }
}
