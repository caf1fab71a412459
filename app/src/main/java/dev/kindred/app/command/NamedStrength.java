package dev.kindred.app.command;

import dev.kindred.engine.als.StrengthException;
import dev.kindred.engine.data.Ids;
import dev.kindred.engine.data.InputException;
import java.nio.file.Path;

/**
 * Names the pair whose strength is too great by file and ids. It has no line of its own: values of
 * a pair that stands in several lines are summed.
 *
 * <p>Stateless.
 */
final class NamedStrength {
  private NamedStrength() {}

  static InputException of(StrengthException fault, Path file, Ids users, Ids items) {
    String pair =
        "user '" + users.idOf(fault.row()) + "' and item '" + items.idOf(fault.column()) + "'";
    return new InputException(file + ": " + fault.of(pair), fault);
  }
}
