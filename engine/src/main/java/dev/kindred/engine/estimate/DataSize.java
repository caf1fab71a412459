package dev.kindred.engine.estimate;

import dev.kindred.engine.PipelineInput;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.Polarity;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * How large the input is, as far as it is known before it is read. Immutable.
 *
 * @param items of the catalogue or the log
 * @param users of the log
 * @param samples rows of the log
 * @param objectives K
 * @param negativeObjectives of them those that subtract
 * @param positives rows in which the most frequent objective happens; each next one is taken to
 *     happen half as often as the one before
 * @param signals numbers kept beside the objectives
 * @param idBytes mean length of an id in UTF-8
 * @param candidates mean length of a candidate list
 * @param profileValues mean number of values of an item's profile; 0 = no catalogue
 * @param profileFields fields with such values
 * @param distinctValues different values of all fields together
 * @param valueBytes mean length of a value in UTF-8
 * @param numberFields fields of an item that hold one number, for conditions and freshness
 * @param userFields fields of a user's profile with values
 * @param userValues different values of such a field
 * @param userNumbers fields of a user's profile that hold one number
 * @param searchWords different words that users search for; 0 = nothing is known of searches
 * @param searchesPerUser mean number of words that a user searched for
 * @param companions mean number of items that the users of an item watched too and that are kept
 */
public record DataSize(
    long items,
    long users,
    long samples,
    int objectives,
    int negativeObjectives,
    long positives,
    int signals,
    double idBytes,
    double candidates,
    double profileValues,
    int profileFields,
    long distinctValues,
    double valueBytes,
    int numberFields,
    int userFields,
    long userValues,
    int userNumbers,
    long searchWords,
    double searchesPerUser,
    double companions) {
  private static final int MOST_COMPANIONS = 100;

  public DataSize {
    require(items >= 1, "items", items, "at least 1");
    require(users >= 1, "users", users, "at least 1");
    require(samples >= 1, "interactions", samples, "at least 1");
    require(objectives >= 1 && objectives <= 1000, "objectives", objectives, "from 1 to 1000");
    require(
        negativeObjectives >= 0 && negativeObjectives <= objectives,
        "negative objectives",
        negativeObjectives,
        "from 0 to the number of objectives");
    require(
        positives >= 1 && positives <= samples,
        "positives",
        positives,
        "from 1 to the number of interactions");
    require(signals >= 0, "signals", signals, "at least 0");
    require(idBytes > 0, "id bytes", idBytes, "more than 0");
    require(candidates >= 0, "candidates", candidates, "at least 0");
    require(profileValues >= 0, "profile values", profileValues, "at least 0");
    require(profileFields >= 0, "profile fields", profileFields, "at least 0");
    require(distinctValues >= 0, "distinct values", distinctValues, "at least 0");
    require(valueBytes >= 0, "value bytes", valueBytes, "at least 0");
    require(numberFields >= 0, "number fields", numberFields, "at least 0");
    require(userFields >= 0, "user fields", userFields, "at least 0");
    require(userValues >= 1, "values of a user field", userValues, "at least 1");
    require(userNumbers >= 0, "user numbers", userNumbers, "at least 0");
    require(searchWords >= 0, "search words", searchWords, "at least 0");
    require(companions >= 0, "companions", companions, "at least 0");
    require(searchesPerUser >= 0, "searches of a user", searchesPerUser, "at least 0");
  }

  private static void require(boolean holds, String name, Object value, String range) {
    if (!holds) {
      throw new IllegalArgumentException(
          "the number of " + name + " to estimate for is " + value + ", must be " + range);
    }
  }

  /**
   * A log of which little is known: two samples of three without the most frequent objective, ids
   * of eight characters, a catalogue of a dozen values an item.
   */
  public static DataSize of(long items, long users, long samples, int objectives) {
    return new DataSize(
        items,
        users,
        samples,
        objectives,
        objectives > 1 ? 1 : 0,
        Math.max(1, samples / 3),
        1,
        8,
        200,
        12,
        5,
        Math.max(1, items / 4),
        10,
        0,
        0,
        5,
        0,
        0,
        0,
        Math.min(MOST_COMPANIONS, items - 1));
  }

  /**
   * Input that is read. What isn't known before training stays assumed: how many candidates and
   * companions an item has.
   */
  public static DataSize of(PipelineInput input) {
    Events events = input.events();
    Ids items = events.items();
    int objectives = events.objectives().size();
    long negative =
        events.objectives().stream().filter(o -> o.polarity() == Polarity.NEGATIVE).count();
    long positives = 1;
    for (int k = 0; k < objectives; k++) {
      positives = Math.max(positives, events.count(k));
    }
    DataSize size =
        of(items.size(), events.users().size(), events.size(), objectives)
            .withNegativeObjectives((int) negative)
            .withPositives(positives)
            .withSignals(events.signals().size())
            .withIdBytes(Math.max(1, meanBytes(items)));
    Values profile = Values.of(input.items());
    Values users = Values.of(input.users());
    long words = input.searches().vocabulary().size();
    return size.withCandidates(Math.min(size.candidates(), items.size() - 1))
        .withProfile(
            (double) profile.values / items.size(),
            profile.fields,
            profile.distinct,
            profile.distinct == 0 ? 0 : (double) profile.bytes / profile.distinct)
        .withNumberFields(profile.numbers)
        .withUserProfile(
            users.fields,
            users.fields == 0 ? size.userValues() : Math.max(1, users.distinct / users.fields),
            users.numbers)
        .withSearches(words, (double) input.searches().size() / events.users().size());
  }

  /** Whether lists of companions are as long as any is kept, so that items may have more. */
  boolean isCappedInCompanions() {
    return companions == Math.min(MOST_COMPANIONS, items - 1);
  }

  private static double meanBytes(Ids ids) {
    return (double) Values.bytesOf(ids) / ids.size();
  }

  /** What profiles hold. */
  private static final class Values {
    int fields; // with values
    int numbers; // fields that hold one number
    long values;
    long distinct;
    long bytes; // of the distinct ones in UTF-8

    static Values of(Catalogue catalogue) {
      Values found = new Values();
      for (int f = 0; f < catalogue.fields().size(); f++) {
        boolean number = catalogue.fields().get(f).kind() == FieldSpec.Kind.NUMERIC;
        found.numbers += number ? 1 : 0;
        found.fields += number ? 0 : 1;
        found.distinct += catalogue.vocabulary(f).size();
        found.bytes += bytesOf(catalogue.vocabulary(f));
        for (int row = 0; row < catalogue.ids().size(); row++) {
          found.values += catalogue.valueEnd(f, row) - catalogue.valueStart(f, row);
        }
      }
      return found;
    }

    static long bytesOf(Ids ids) {
      long bytes = 0;
      for (int i = 0; i < ids.size(); i++) {
        bytes += ids.idOf(i).getBytes(StandardCharsets.UTF_8).length;
      }
      return bytes;
    }
  }

  public DataSize withNegativeObjectives(int value) {
    return with(draft -> draft.negativeObjectives = value);
  }

  public DataSize withPositives(long value) {
    return with(draft -> draft.positives = value);
  }

  public DataSize withSignals(int value) {
    return with(draft -> draft.signals = value);
  }

  public DataSize withIdBytes(double value) {
    return with(draft -> draft.idBytes = value);
  }

  public DataSize withCandidates(double value) {
    return with(draft -> draft.candidates = value);
  }

  /** Another catalogue. */
  public DataSize withProfile(double values, int fields, long distinct, double bytes) {
    return with(
        draft -> {
          draft.profileValues = values;
          draft.profileFields = fields;
          draft.distinctValues = distinct;
          draft.valueBytes = bytes;
        });
  }

  /** Another number of fields that hold one number. */
  public DataSize withNumberFields(int value) {
    return with(draft -> draft.numberFields = value);
  }

  /** Profiles of users: fields with so many different values each, and fields of numbers. */
  public DataSize withUserProfile(int fields, long values, int numbers) {
    return with(
        draft -> {
          draft.userFields = fields;
          draft.userValues = values;
          draft.userNumbers = numbers;
        });
  }

  /** Shorter lists of companions, where few users watch the same. */
  public DataSize withCompanions(double value) {
    return with(draft -> draft.companions = value);
  }

  /** So many different words, and so many of a user. */
  public DataSize withSearches(long words, double perUser) {
    return with(
        draft -> {
          draft.searchWords = words;
          draft.searchesPerUser = perUser;
        });
  }

  /** Rows in which objective {@code k} happens. */
  long positivesOf(int k) {
    return Math.max(1, positives >> Math.min(k, 40));
  }

  private DataSize with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.size();
  }

  /** A copy of which something is about to be changed. */
  private static final class Draft {
    long items;
    long users;
    long samples;
    int objectives;
    int negativeObjectives;
    long positives;
    int signals;
    double idBytes;
    double candidates;
    double profileValues;
    int profileFields;
    long distinctValues;
    double valueBytes;
    int numberFields;
    int userFields;
    long userValues;
    int userNumbers;
    long searchWords;
    double searchesPerUser;
    double companions;

    Draft(DataSize of) {
      items = of.items;
      users = of.users;
      samples = of.samples;
      objectives = of.objectives;
      negativeObjectives = of.negativeObjectives;
      positives = of.positives;
      signals = of.signals;
      idBytes = of.idBytes;
      candidates = of.candidates;
      profileValues = of.profileValues;
      profileFields = of.profileFields;
      distinctValues = of.distinctValues;
      valueBytes = of.valueBytes;
      numberFields = of.numberFields;
      userFields = of.userFields;
      userValues = of.userValues;
      userNumbers = of.userNumbers;
      searchWords = of.searchWords;
      searchesPerUser = of.searchesPerUser;
      companions = of.companions;
    }

    DataSize size() {
      return new DataSize(
          items,
          users,
          samples,
          objectives,
          negativeObjectives,
          positives,
          signals,
          idBytes,
          candidates,
          profileValues,
          profileFields,
          distinctValues,
          valueBytes,
          numberFields,
          userFields,
          userValues,
          userNumbers,
          searchWords,
          searchesPerUser,
          companions);
    }
  }
}
