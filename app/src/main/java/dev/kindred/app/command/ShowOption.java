package dev.kindred.app.command;

import dev.kindred.app.output.ShownFields;
import dev.kindred.engine.serve.Recommender;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --show} of the commands that print lists. */
final class ShowOption {
  @Option(
      names = "--show",
      paramLabel = "FIELD",
      split = ",",
      description = "Profile fields to show (default: title or name, where there is one).")
  private List<String> show = List.of();

  /**
   * The fields for the items of a recommender.
   *
   * @throws IllegalArgumentException if its snapshot lacks one
   */
  ShownFields of(Recommender recommender) {
    List<String> known = recommender.profileFields();
    for (String field : show) {
      if (!known.contains(field)) {
        throw new IllegalArgumentException(
            "--show names '"
                + field
                + "'; "
                + (known.isEmpty()
                    ? "the snapshot has no profile fields"
                    : "the profile fields are " + String.join(", ", known)));
      }
    }
    return new ShownFields(recommender, show);
  }
}
