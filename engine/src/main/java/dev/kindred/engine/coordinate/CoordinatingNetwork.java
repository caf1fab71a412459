package dev.kindred.engine.coordinate;

import dev.kindred.engine.coordinate.SampleColumns.Role;
import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Note;
import dev.kindred.engine.nn.FeatureTable;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Progress;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Decides which samples may teach which objective ("A Multi-Task Learning Algorithm for
 * Non-personalized Recommendations", section 3.2): a network with two hidden layers and a sigmoid
 * per objective, of which a sample goes to the objectives that pass a threshold.
 *
 * <p>The paper leaves open what the network sees. Here it sees user, item and the other numbers of
 * the same sample, never the objective's own label, a column its rule reads or another label that
 * is nearly the same; numbers that are there only when the event happened are used apart, by what
 * users did afterwards, see {@link Aftermath}. Each sample is judged by a network that was trained
 * on others. Only positives are judged: negatives are drawn elsewhere.
 *
 * <p>Same bits for any number of threads. Stateless.
 */
public final class CoordinatingNetwork {
  /** With fewer samples with or without the event there is nothing to learn. */
  private static final int MIN_SAMPLES = 50;

  /** Share of the events that must be reacted to, or what is fitted to reactions is chance. */
  private static final double MIN_REACTIONS = 0.005;

  /** Rows of a fold whose scores tell the level of all. */
  private static final int LEVEL_ROWS = 50_000;

  private CoordinatingNetwork() {}

  /**
   * Judges every positive of every objective.
   *
   * @param items a catalogue over the events' items; may have no fields
   * @param users a catalogue over the events' users; may have no fields
   * @throws IllegalArgumentException if a catalogue has fewer ids than the events
   */
  public static Routing route(
      Events events,
      Catalogue items,
      Catalogue users,
      CoordinateOptions options,
      Workers workers,
      Progress progress) {
    check("items", items.ids().size(), events.items().size());
    check("users", users.ids().size(), events.users().size());
    return new Run(events, items, users, options, workers, progress).route();
  }

  private static void check(String what, int known, int needed) {
    if (known < needed) {
      throw new IllegalArgumentException(
          "the catalogue knows %d %s, the events have %d; both must share their ids"
              .formatted(known, what, needed));
    }
  }

  private static final class Run {
    final Events events;
    final Catalogue items;
    final Catalogue users;
    final CoordinateOptions options;
    final Workers workers;
    final Progress progress;
    final int size;
    final int objectives;
    final SampleColumns columns;
    final BitSet[] happened;
    final int without; // samples in which nothing happened
    final byte[] folds;
    final Aftermath.Level[][] levels; // [objective][fold], of those with an aftermath

    Run(
        Events events,
        Catalogue items,
        Catalogue users,
        CoordinateOptions options,
        Workers workers,
        Progress progress) {
      this.events = events;
      this.items = items;
      this.users = users;
      this.options = options;
      this.workers = workers;
      this.progress = progress;
      size = events.size();
      objectives = events.objectives().size();
      columns = new SampleColumns(events, options.balanced());
      happened = new BitSet[objectives];
      for (int k = 0; k < objectives; k++) {
        happened[k] = new BitSet(size);
        for (int row = 0; row < size; row++) {
          if (events.value(k, row) > 0) {
            happened[k].set(row);
          }
        }
      }
      without = countWithout();
      levels = new Aftermath.Level[objectives][options.folds()];
      folds = new byte[size];
      Draws draws = Draws.of(options.seed(), "coordinate.fold");
      for (int row = 0; row < size; row++) {
        draws.reset(row);
        folds[row] = (byte) draws.nextInt(options.folds());
      }
    }

    /**
     * Counts samples in which nothing happened. One of two labels that exclude each other and leave
     * nothing between them always happens, which says nothing of what else did.
     */
    private int countWithout() {
      BitSet any = new BitSet(size);
      for (int k = 0; k < objectives; k++) {
        if (!hasComplement(k)) {
          any.or(happened[k]);
        }
      }
      return any.isEmpty() ? 0 : size - any.cardinality();
    }

    private boolean hasComplement(int k) {
      for (int other = 0; other < objectives; other++) {
        BitSet both = (BitSet) happened[k].clone();
        both.and(happened[other]);
        double shared = both.cardinality();
        double first = happened[k].cardinality() - shared;
        double second = happened[other].cardinality() - shared;
        double neither = size - shared - first - second;
        if (SampleColumns.phi(shared, first, second, neither) < -SampleColumns.FUNCTION) {
          return true;
        }
      }
      return false;
    }

    Routing route() {
      String[] reasons = new String[objectives];
      Arrays.setAll(reasons, this::reasonNotToJudge);
      float[][] scores = new float[objectives][size];
      int[] byFit =
          IntStream.range(0, objectives)
              .filter(k -> reasons[k].isEmpty() && !isToldByReactions(k))
              .toArray();
      if (byFit.length > 0) {
        judge(byFit, scores);
      }
      BitSet[] kept = new BitSet[objectives];
      List<KeepReport> reports = new ArrayList<>();
      for (int k = 0; k < objectives; k++) {
        kept[k] = new BitSet(size);
        reports.add(
            reasons[k].isEmpty()
                ? decide(k, scores[k], kept[k])
                : keepAll(k, scores[k], kept[k], reasons[k]));
      }
      return new Routing(kept, scores, reports);
    }

    private String reasonNotToJudge(int k) {
      int positives = happened[k].cardinality();
      if (positives < MIN_SAMPLES) {
        return "kept all: only %d positives to learn from".formatted(positives);
      }
      if (size - positives < MIN_SAMPLES) {
        return "kept all: it happened in nearly every sample, so there is nothing to compare with";
      }
      if (options.balanced() && without < MIN_SAMPLES) {
        return "kept all: the log holds only what happened, so there is nothing to compare with";
      }
      int cause = options.balanced() && !hasAftermath(k) ? columns.causeOf(k) : -1;
      if (cause >= 0) {
        return "kept all: it happens only after '%s', and nobody reacts to what he opened by mistake"
            .formatted(events.objectives().get(cause).name());
      }
      if (columns.count(k, Role.INPUT) == 0 && !hasAftermath(k)) {
        return columns.count(k, Role.REACTION) > 0
            ? "kept all: what users did next tells good samples from bad, but no signal (such as a"
                + " stay's length) is there for all of them to learn it from"
            : "kept all: no signal and no other objective tells good samples from bad";
      }
      return "";
    }

    private KeepReport keepAll(int k, float[] probabilities, BitSet kept, String reason) {
      kept.or(happened[k]);
      for (int row = happened[k].nextSetBit(0); row >= 0; row = happened[k].nextSetBit(row + 1)) {
        probabilities[row] = 1;
      }
      int positives = happened[k].cardinality();
      List<Note> notes = new ArrayList<>(columns.notes(k));
      notes.add(Note.info(reason));
      return new KeepReport(
          events.objectives().get(k).name(), size, positives, positives, false, 0, false, notes);
    }

    /** Fills scores[k][row] with balanced or plain probabilities, each from the other folds. */
    private void judge(int[] judged, float[][] scores) {
      FeatureTable userTable = FeatureTable.of(users);
      FeatureTable itemTable = FeatureTable.of(items);
      Examples[] examples = new Examples[options.folds()];
      double[][] shift = new double[options.folds()][objectives];
      long work = 0;
      for (int k : judged) {
        work += happened[k].cardinality();
        work += hasAftermath(k) ? Math.min(size, (long) LEVEL_ROWS * options.folds()) : 0;
      }
      for (int fold = 0; fold < options.folds(); fold++) {
        examples[fold] = new Examples();
        for (int k : judged) {
          shift[fold][k] = addExamples(k, fold, examples[fold]);
        }
        work += (long) options.epochs(examples[fold].size) * examples[fold].size;
      }
      try (Progress.Stage stage = progress.stage("Train Coordinating Network", work)) {
        for (int fold = 0; fold < options.folds(); fold++) {
          Judge judge = new Judge(events, columns, userTable, itemTable, options, fold);
          judge.train(examples[fold], fold, workers, stage);
          for (int k : judged) {
            if (hasAftermath(k)) {
              int[] any = anyRows(fold);
              judge(judge, any, k, shift[fold][k], scores[k], stage);
              levels[k][fold] = Aftermath.Level.of(scores[k], any);
              for (int row : any) {
                scores[k][row] = 0;
              }
            }
            judge(judge, positives(k, fold), k, shift[fold][k], scores[k], stage);
          }
        }
      }
    }

    /** Writes the probabilities of the rows to scores[row]. */
    private void judge(
        Judge judge, int[] rows, int k, double shift, float[] scores, Progress.Stage stage) {
      judge.judge(rows, k, scores, workers, stage);
      for (int row : rows) {
        scores[row] = (float) (1 / (1 + Math.exp(-scores[row] - shift)));
      }
    }

    private boolean hasAftermath(int k) {
      return options.balanced() && columns.count(k, Role.AFTERMATH) > 0;
    }

    /** Whether what users did afterwards tells meant events from mistakes, and often enough. */
    private boolean isToldByReactions(int k) {
      return hasAftermath(k)
          && reactions(k) >= Math.max(MIN_SAMPLES, MIN_REACTIONS * happened[k].cardinality());
    }

    private long reactions(int k) {
      return columns.count(k, Role.REACTION) == 0
          ? 0
          : happened[k].stream().filter(row -> columns.reacted(k, row)).count();
    }

    /** Rows of a fold, event or not: all, or a draw where there are many. */
    private int[] anyRows(int fold) {
      double share = Math.min(1, (double) LEVEL_ROWS * options.folds() / size);
      Draws draws = Draws.of(options.seed(), "coordinate.level");
      return IntStream.range(0, size)
          .filter(row -> folds[row] == fold)
          .filter(
              row -> {
                draws.reset(row);
                return share == 1 || draws.nextDouble() < share;
              })
          .toArray();
    }

    /** The rows of a fold in which the objective happened: no others are ever asked about. */
    private int[] positives(int k, int fold) {
      return happened[k].stream().filter(row -> folds[row] == fold).toArray();
    }

    /**
     * Adds the objective's positives and a draw of its other samples, all from other folds.
     *
     * @return what to add to a logit so that it is that of a balanced, or of the plain, probability
     */
    private double addExamples(int k, int fold, Examples examples) {
      double positives = happened[k].cardinality();
      double others = size - positives;
      double taken = Math.min(positives, options.maxPositives());
      double positiveShare = taken / positives;
      double otherShare = Math.min(1, options.negatives() * taken / others);
      Draws draws = Draws.of(options.seed(), "coordinate.sample", k);
      int added = 0;
      int addedPositives = 0;
      for (int row = 0; row < size; row++) {
        if (folds[row] == fold) {
          continue;
        }
        boolean positive = happened[k].get(row);
        draws.reset(k, row);
        if (draws.nextDouble() < (positive ? positiveShare : otherShare)) {
          examples.add(k, row, positive ? 1 : 0);
          added++;
          addedPositives += positive ? 1 : 0;
        }
      }
      double sampledOdds = (addedPositives + 0.5) / (added - addedPositives + 0.5);
      double wantedOdds = options.balanced() ? 1 : positives / others;
      return Math.log(wantedOdds / sampledOdds);
    }

    private KeepReport decide(int k, float[] scores, BitSet kept) {
      int[] positives = happened[k].stream().toArray();
      List<Note> notes = new ArrayList<>(columns.notes(k));
      if (hasAftermath(k)) {
        Aftermath aftermath = new Aftermath(columns, k, options);
        boolean byReactions = isToldByReactions(k);
        float[] meant =
            byReactions
                ? aftermath.meantByReactions(positives, folds, workers)
                : aftermath.meantByFit(positives, folds, scores, levels[k], workers);
        if (meant.length == 0) {
          String witness = byReactions ? "what follows does not tell" : "user and item don't tell";
          return keepAll(k, scores, kept, "kept all: " + witness + " meant events from mistakes");
        }
        for (int i = 0; i < positives.length; i++) {
          scores[positives[i]] = meant[i];
        }
      }
      double threshold = options.threshold();
      for (int row : positives) {
        kept.set(row, scores[row] > threshold);
      }
      int passed = kept.cardinality();
      boolean alarm = passed < options.floor() * positives.length;
      if (alarm) {
        notes.add(Note.warning(alarmNote(passed, positives.length)));
        if (options.balanced()) {
          threshold = keepBest(positives, scores, kept);
        }
      }
      return new KeepReport(
          events.objectives().get(k).name(),
          size,
          positives.length,
          kept.cardinality(),
          true,
          threshold,
          alarm,
          notes);
    }

    private String alarmNote(int passed, int positives) {
      String note =
          "only %d of %d positives passed the threshold %s, fewer than the floor of %.0f%%; "
              .formatted(passed, positives, options.threshold(), 100 * options.floor());
      return options.balanced()
          ? note + "the best ones up to the floor are kept. Lower the threshold, or check the label"
          : note + "the objective starves. Use the balanced score, or lower the threshold";
    }

    /** Keeps the floor's share of the positives, best first, ties by row; returns the threshold. */
    private double keepBest(int[] positives, float[] scores, BitSet kept) {
      float[] sorted = new float[positives.length];
      for (int i = 0; i < sorted.length; i++) {
        sorted[i] = scores[positives[i]];
      }
      Arrays.sort(sorted);
      int wanted = (int) Math.ceil(options.floor() * positives.length);
      float line = sorted[sorted.length - wanted];
      kept.clear();
      int above = 0;
      for (int row : positives) {
        if (scores[row] > line) {
          kept.set(row);
          above++;
        }
      }
      for (int i = 0; i < positives.length && above < wanted; i++) {
        if (scores[positives[i]] == line) {
          kept.set(positives[i]);
          above++;
        }
      }
      return line;
    }
  }
}
