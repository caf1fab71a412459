package dev.kindred.engine.rank;

import dev.kindred.engine.content.CandidateLists;
import dev.kindred.engine.nn.serve.Mlp;
import dev.kindred.engine.nn.serve.Mmoe;
import java.util.Objects;

/**
 * All that a snapshot needs for the personalised path, trained or generated.
 *
 * @param description how the parts fit together
 * @param userTower gives a user's vector
 * @param network the ranker, its inputs in the order [user | item | pair]
 * @param items what is stored of items
 * @param groups topics, series and popular items
 * @param together for each item what the same users watched
 * @param tokens what is stored of tokens that users search for
 * @param users what is stored of users
 */
public record RankModel(
    RankDescription description,
    Mlp userTower,
    Mmoe network,
    ItemRows items,
    ItemGroups groups,
    CandidateLists together,
    TokenRows tokens,
    UserRows users) {

  /** What is stored of each item; asked in order. */
  public interface ItemRows {
    /** How many items there are. */
    int size();

    /** Writes the item's vector, of length 1 or zero, to target[at ..). */
    void vector(int item, float[] target, int at);

    /**
     * Writes what the item adds to the means of what a user watched to target[at ..): the user
     * tower's part and after it the ranker's.
     */
    void history(int item, float[] target, int at);

    /** Writes the ranker's inputs that describe the item to target[at ..). */
    void inputs(int item, float[] target, int at);
  }

  /** What is stored of each token that users search for. */
  public interface TokenRows {
    /** How many tokens there are; 0 where what is searched for is no feature. */
    int size();

    String idOf(int token);

    /**
     * Writes what the token adds to the means of what a user searched for to target[at ..): the
     * user tower's part and after it the ranker's.
     */
    void values(int token, float[] target, int at);

    /** Nobody searches. */
    static TokenRows none() {
      return new TokenRows() {
        @Override
        public int size() {
          return 0;
        }

        @Override
        public String idOf(int token) {
          throw new IndexOutOfBoundsException(token);
        }

        @Override
        public void values(int token, float[] target, int at) {
          throw new IndexOutOfBoundsException(token);
        }
      };
    }
  }

  /** What is stored of each user. */
  public interface UserRows {
    /** How many users there are. */
    int size();

    String idOf(int user);

    /** The user's packed {@link HistoryEntry} values, oldest first. */
    long[] history(int user);

    /** What the user searched for last, packed {@link HistoryEntry} values, oldest first. */
    default long[] searches(int user) {
      return new long[0];
    }

    /**
     * Writes the profile as the networks read it to target[at ..): the user tower's part and after
     * it the ranker's.
     *
     * @param user -1 for a user of whom nothing is known
     */
    void profile(int user, float[] target, int at);
  }

  public RankModel {
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(items, "items");
    Objects.requireNonNull(users, "users");
    if (groups.size() != items.size() || together.items() != items.size()) {
      throw new IllegalArgumentException(
          "groups of %d items and companions of %d, vectors of %d"
              .formatted(groups.size(), together.items(), items.size()));
    }
    if (description.readsSearches() != tokens.size() > 0) {
      throw new IllegalArgumentException(
          "%d tokens, and %d inputs of the user tower for them"
              .formatted(tokens.size(), description.towerSearched()));
    }
    check(description, userTower, network);
  }

  static void check(RankDescription description, Mlp userTower, Mmoe network) {
    int least = description.rankUserInputs() + description.rankPairInputs() + 1;
    if (userTower.inputs() != description.towerInputs() || network.inputs() < least) {
      throw new IllegalArgumentException(
          "the user tower takes %d inputs and the ranker %d, described are %d and at least %d"
              .formatted(userTower.inputs(), network.inputs(), description.towerInputs(), least));
    }
    int outputs = network.tasks().size();
    for (RankTask task : description.tasks()) {
      if (Math.min(task.output(), task.chance()) < 0
          || Math.max(task.output(), task.chance()) >= outputs) {
        throw new IllegalArgumentException(
            "task %s reads outputs %d and %d, the ranker has %d"
                .formatted(task.name(), task.output(), task.chance(), outputs));
      }
    }
  }
}
