package dev.kindred.app.command;

import dev.kindred.engine.data.Events;
import dev.kindred.engine.world.LoggedChoices;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes choices with their chances as {@code kindred off-policy} reads them. Stateless. */
final class ChoicesFile {
  static final String NAME = "choices.csv";

  private ChoicesFile() {}

  /** About how many bytes a file of so many choices has. */
  static long bytes(int choices) {
    return 93L * choices;
  }

  /** Writes a file; one of the name is replaced when it is whole. */
  static void write(Path file, Events events, LoggedChoices choices) throws IOException {
    double[] clicks = choices.rewards();
    double[] propensities = choices.propensities();
    double[] targets = choices.targets();
    double[] ofLogged = choices.modelOfLogged();
    double[] ofTarget = choices.modelOfTarget();
    Path temporary = file.resolveSibling(NAME + ".tmp");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
        out.write("user_id,item_id,click,propensity,target,model_logged,model_target\n");
        for (int i = 0; i < choices.size(); i++) {
          out.write(events.users().idOf(choices.user(i)) + ',');
          out.write(events.items().idOf(choices.item(i)) + ',');
          out.write((int) clicks[i] + "," + propensities[i] + ',' + targets[i] + ',');
          out.write(ofLogged[i] + "," + ofTarget[i] + '\n');
        }
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
