package dev.kindred.engine.related;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.LabelRule;
import dev.kindred.engine.data.Objective;
import dev.kindred.engine.data.Order;
import dev.kindred.engine.related.RetentionWeights.Membership;
import dev.kindred.index.run.Draws;
import dev.kindred.index.run.Workers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionWeightsTest {
  private static final long DAY = 24L * 60 * 60 * 1000;

  private static final List<Objective> OBJECTIVES =
      List.of(
          Objective.positive("click", LabelRule.flag("click")),
          Objective.positive("like", LabelRule.flag("like")).withWeight(3),
          Objective.positive("share", LabelRule.flag("share")),
          Objective.negative("dislike", LabelRule.flag("dislike")));

  /**
   * Weeks of users who come back the more, the more they liked and the less they disliked in the
   * week before, and the more active they are by nature. Active users also click on a larger part.
   *
   * @param likeEffect how much a share of likes moves the log-odds to stay
   * @param dislikeEffect the same of dislikes
   */
  private static Events world(
      int users, double days, double likeEffect, double dislikeEffect, Order order) {
    return world(OBJECTIVES, users, days, likeEffect, dislikeEffect, order);
  }

  /** The same with the first of the objectives, or with more that mean nothing. */
  private static Events world(
      List<Objective> objectives,
      int users,
      double days,
      double likeEffect,
      double dislikeEffect,
      Order order) {
    Ids userIds = new Ids();
    Ids items = new Ids();
    items.add("item");
    Events.Builder builder = Events.builder(userIds, items, objectives, List.of(), order);
    Draws draws = Draws.of(6, "retention-test");
    for (int u = 0; u < users; u++) {
      draws.reset(u);
      int user = userIds.add("user" + u);
      double activity = draws.nextGaussian();
      boolean here = true;
      for (int week = 0; 7 * week < days; week++) {
        double likeShare = draws.nextDouble() * 0.6;
        double dislikeShare = draws.nextDouble() * 0.4;
        if (here) {
          int samples = 3 + (int) (6 * Math.exp(activity));
          for (int s = 0; s < samples; s++) {
            long time = (long) ((7 * week + 7 * draws.nextDouble()) * DAY);
            if (time > days * DAY) {
              continue;
            }
            int row = builder.add(user, 0, time);
            double clickShare = 1 / (1 + Math.exp(-activity));
            builder.value(0, row, draws.nextDouble() < clickShare ? 1 : 0);
            builder.value(1, row, draws.nextDouble() < likeShare ? 1 : 0);
            builder.value(2, row, draws.nextDouble() < 0.1 ? 1 : 0);
            for (int k = 3; k < objectives.size(); k++) {
              double chance = k == 3 ? dislikeShare : 0.1;
              builder.value(k, row, draws.nextDouble() < chance ? 1 : 0);
            }
          }
        }
        double logOdds =
            activity + likeEffect * (likeShare - 0.3) + dislikeEffect * (dislikeShare - 0.2);
        here = draws.nextDouble() < 1 / (1 + Math.exp(-logOdds));
      }
    }
    return builder.build();
  }

  private static RetentionWeights learn(Events events) {
    try (Workers workers = Workers.of(2)) {
      return RetentionWeights.learn(
          events, Membership.happened(events), RetentionOptions.defaults(), workers);
    }
  }

  private static double weight(RetentionWeights learned, String name) {
    ObjectiveWeights weights = learned.weights();
    return weights.objectives().get(weights.indexOf(name)).learned();
  }

  private static void assertEqualWeights(RetentionWeights learned, String reason) {
    assertFalse(learned.weights().learned());
    assertTrue(learned.intervals().isEmpty());
    for (ObjectiveWeight objective : learned.weights().objectives()) {
      assertEquals(0.25, objective.learned());
    }
    assertTrue(learned.weights().note().contains(reason), learned.weights().note());
  }

  @Test
  void whatKeepsUsersWeighsMoreAndActivityIsNotTakenForIt() {
    RetentionWeights learned = learn(world(3000, 28, 4, -8, Order.TIME));
    assertTrue(learned.weights().learned());
    double sum = 0;
    for (ObjectiveWeight objective : learned.weights().objectives()) {
      assertTrue(objective.learned() >= 0);
      sum += objective.learned();
    }
    assertEquals(1, sum, 1e-12);
    List<RetentionWeights.Effect> effects = learned.effects();
    assertTrue(effects.get(1).low() > 0 && effects.get(3).low() > 0, effects.toString());
    assertTrue(weight(learned, "dislike") > weight(learned, "like"), effects.toString());
    assertFalse(effects.get(2).isClear(), "shares are noise: " + effects);
    assertEquals(0.25, weight(learned, "share"));
    double click = Math.abs(effects.get(0).effect());
    assertTrue(click < effects.get(1).effect() / 2, "activity is controlled for: " + effects);
    assertEquals(3, learned.weights().objectives().get(1).manual(), "a_k is the declared one");
    List<RetentionWeights.Interval> intervals = learned.intervals();
    for (RetentionWeights.Interval interval : intervals) {
      assertEquals(weight(learned, interval.objective()), interval.weight());
      assertTrue(interval.low() <= interval.weight() && interval.weight() <= interval.high());
      assertTrue(0 < interval.low() && interval.low() < interval.high(), intervals.toString());
    }
    List<String> named = intervals.stream().map(RetentionWeights.Interval::objective).toList();
    assertTrue(named.containsAll(List.of("like", "dislike")), named.toString());
    assertFalse(named.contains("share"), "a weight that is not learned has no interval");
    assertTrue(learned.weights().note().contains("w with 95% intervals"));
  }

  /** Whatever a share of 1/K does to the last bit. */
  @Test
  void aWeightThatIsLearnedAloneHasNoInterval() {
    List<Objective> five = new ArrayList<>(OBJECTIVES);
    five.add(Objective.positive("follow", LabelRule.flag("follow")));
    for (List<Objective> objectives : List.of(OBJECTIVES.subList(0, 3), five)) {
      RetentionWeights learned = learn(world(objectives, 3000, 28, 4, 0, Order.TIME));
      assertEquals(
          List.of("like"),
          learned.effects().stream()
              .filter(RetentionWeights.Effect::isClear)
              .map(RetentionWeights.Effect::objective)
              .toList());
      assertTrue(learned.weights().learned());
      assertEquals(1.0 / objectives.size(), weight(learned, "like"), 1e-15);
      assertEquals(List.of(), learned.intervals());
      String note = learned.weights().note();
      assertTrue(note.contains("one objective takes part, so its w has no interval"), note);
      assertFalse(note.contains("95%"), note);
    }
  }

  @Test
  void retentionThatDependsOnNoObjectiveLeavesWeightsEqual() {
    assertEqualWeights(learn(world(3000, 28, 0, 0, Order.TIME)), "no objective is clearly tied");
  }

  /** The sign lives in the declared polarity: likes that drive users away weigh nothing. */
  @Test
  void anObjectiveThatWorksAgainstItsPolarityGetsNoWeight() {
    RetentionWeights learned = learn(world(3000, 28, -6, -8, Order.TIME));
    assertEquals(0, weight(learned, "like"));
    assertTrue(weight(learned, "dislike") > 0.25);
    String note = learned.weights().note();
    assertTrue(note.contains("weight 0: [like]"), note);
    assertEquals(List.of(new RetentionWeights.Interval("like", 0, 0, 0)), learned.intervals());
    assertTrue(note.contains("95% intervals: [like 0.000 [0.000, 0.000]]"), note);
    assertTrue(note.contains("one objective takes part"), "dislike: " + note);
  }

  @Test
  void withoutTimestampsWeightsAreEqual() {
    assertEqualWeights(learn(world(500, 28, 4, -8, Order.SEQUENCE)), "no timestamps");
    assertEqualWeights(learn(world(500, 28, 4, -8, Order.NONE)), "no timestamps");
  }

  @Test
  void aLogOfLessThanTwoWeeksLeavesWeightsEqual() {
    assertEqualWeights(learn(world(500, 10, 4, -8, Order.TIME)), "spans 10.0 days");
    assertTrue(learn(world(3000, 13.9, 4, -8, Order.TIME)).effects().size() == 4, "nearly whole");
  }

  @Test
  void fewUsersLeaveWeightsEqual() {
    RetentionWeights few = learn(world(40, 28, 4, -8, Order.TIME));
    assertEqualWeights(few, "too few to learn from: ");
    assertEqualWeights(
        few, " of them followed by a week with the same user; it takes 300, at least");
    Events none = Events.builder(new Ids(), new Ids(), OBJECTIVES, List.of(), Order.TIME).build();
    assertEqualWeights(learn(none), "spans 0.0 days");
  }

  @Test
  void weightsAreTheSameForAnyNumberOfThreadsAndManyUsersAreSampled() {
    Events events = world(1500, 21, 4, -8, Order.TIME);
    RetentionOptions options = RetentionOptions.defaults().withMaxUserWeeks(1000);
    try (Workers one = Workers.of(1);
        Workers three = Workers.of(3)) {
      RetentionWeights a =
          RetentionWeights.learn(events, Membership.happened(events), options, one);
      RetentionWeights b =
          RetentionWeights.learn(events, Membership.happened(events), options, three);
      assertEquals(a.weights(), b.weights());
      assertEquals(a.effects(), b.effects());
      assertFalse(a.effects().isEmpty());
    }
  }
}
