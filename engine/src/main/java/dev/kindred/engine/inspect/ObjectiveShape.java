package dev.kindred.engine.inspect;

import dev.kindred.engine.data.Events;
import java.util.BitSet;

/**
 * What a log says of one objective. Immutable.
 *
 * @param name of the objective
 * @param happened rows in which it happened
 * @param share of all rows
 * @param users for whom it happened
 * @param items with which it happened
 * @param usersWithTwo users for whom it happened with two items or more: only these tell what goes
 *     together
 */
public record ObjectiveShape(
    String name, int happened, double share, int users, int items, int usersWithTwo) {

  static ObjectiveShape of(Events events, int objective) {
    int[] firstItem = new int[events.users().size()];
    BitSet two = new BitSet();
    BitSet users = new BitSet();
    BitSet items = new BitSet();
    int happened = 0;
    for (int row = 0; row < events.size(); row++) {
      if (events.value(objective, row) > 0) {
        happened++;
        int user = events.user(row);
        int item = events.item(row);
        if (!users.get(user)) {
          users.set(user);
          firstItem[user] = item;
        } else if (firstItem[user] != item) {
          two.set(user);
        }
        items.set(item);
      }
    }
    return new ObjectiveShape(
        events.objectives().get(objective).name(),
        happened,
        (double) happened / events.size(),
        users.cardinality(),
        items.cardinality(),
        two.cardinality());
  }
}
