package dev.kindred.engine.coordinate;

import dev.kindred.engine.data.Catalogue;
import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.FieldSpec;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.index.run.Draws;
import java.util.BitSet;
import java.util.List;

/**
 * Shown items of a small world: a user likes items of two of six types. Three clicks of ten are by
 * mistake, on anything that is shown, and quit within 5 seconds; likes follow meant clicks.
 */
final class NoisyLog {
  static final int CLICK = 0;
  static final int TIME = 1;
  static final int LIKE = 2;
  static final int HATE = 3;
  static final List<Objective> OBJECTIVES =
      List.of(
          Objective.positive("click", LabelRule.flag("click")),
          Objective.positive("time", LabelRule.strengthOf("dwell")),
          Objective.positive("like", LabelRule.flag("like")),
          Objective.negative("hate", LabelRule.flag("hate")));

  private static final int USERS = 300;
  private static final int ITEMS = 120;
  private static final int TYPES = 6;

  final Events events;
  final Catalogue items;
  final Catalogue users;

  /** Clicks by mistake. */
  final BitSet mistakes = new BitSet();

  private NoisyLog(Events events, Catalogue items, Catalogue users) {
    this.events = events;
    this.items = items;
    this.users = users;
  }

  /** All four objectives. */
  static NoisyLog of(int rows, long seed) {
    return of(OBJECTIVES, rows, seed);
  }

  /** The same samples with nothing but clicks and how long they stayed. */
  static NoisyLog ofClicks(int rows, long seed) {
    return of(OBJECTIVES.subList(CLICK, CLICK + 1), rows, seed);
  }

  private static NoisyLog of(List<Objective> objectives, int rows, long seed) {
    Draws draws = Draws.of(seed, "noisy log");
    Ids userIds = new Ids();
    Ids itemIds = new Ids();
    for (int u = 0; u < USERS; u++) {
      userIds.add("u" + u);
    }
    for (int i = 0; i < ITEMS; i++) {
      itemIds.add("i" + i);
    }
    Catalogue.Builder items = Catalogue.builder(itemIds, List.of(FieldSpec.single("type", "type")));
    for (int i = 0; i < ITEMS; i++) {
      items.value(0, i, "type " + i % TYPES);
    }
    Events.Builder log =
        Events.builder(userIds, itemIds, objectives, List.of("dwell", "position"), Order.TIME);
    BitSet mistakes = new BitSet();
    for (int row = 0; row < rows; row++) {
      int user = draws.nextInt(USERS);
      int item = draws.nextInt(ITEMS);
      log.add(user, item, row);
      log.signal(1, row, 1 + draws.nextInt(5));
      boolean fits = item % TYPES == user % TYPES || item % TYPES == (user + 1) % TYPES;
      if (draws.nextDouble() < 0.08) {
        log.value(CLICK, row, 1);
        mistakes.set(row);
        dwell(log, objectives, row, 0.5f + 4 * draws.nextFloat());
      } else if (draws.nextDouble() < (fits ? 0.5 : 0.04)) {
        log.value(CLICK, row, 1);
        dwell(log, objectives, row, (float) Math.max(6, 60 * Math.exp(0.8 * draws.nextGaussian())));
        boolean likes = draws.nextDouble() < 0.3;
        boolean hates = !likes && draws.nextDouble() < 0.1;
        if (objectives.size() > HATE) {
          log.value(LIKE, row, likes ? 1 : 0);
          log.value(HATE, row, hates ? 1 : 0);
        }
      }
    }
    NoisyLog noisy =
        new NoisyLog(log.build(), items.build(), Catalogue.builder(userIds, List.of()).build());
    noisy.mistakes.or(mistakes);
    return noisy;
  }

  private static void dwell(
      Events.Builder log, List<Objective> objectives, int row, float seconds) {
    log.signal(0, row, seconds);
    if (objectives.size() > TIME) {
      log.value(TIME, row, seconds);
    }
  }
}
