package dev.kindred.app.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Lets a value that is attached to its option look like an option, as in {@code --item=-n}, and
 * takes one that stands apart for forgotten: in {@code --item --json} the item is missing. Picocli
 * alone takes both or neither. Stateless.
 */
final class AttachedValues {
  private AttachedValues() {}

  /**
   * For all options of a command and its subcommands. Values that stand apart pass the parser too,
   * so {@link #read} first. Words that begin with '@' are no files of arguments, whose words nobody
   * would have read.
   */
  static void allow(CommandLine command) {
    command.setAllowOptionsAsOptionParameters(true);
    command.setExpandAtFiles(false);
  }

  /**
   * The words for the parser, where options whose value may be left out, and is, have an empty one.
   *
   * @throws ParameterException if an option follows where a value must
   */
  static String[] read(CommandLine root, String[] args) {
    CommandLine command = root;
    String[] words = args.clone();
    for (int at = 0; at < words.length && !words[at].equals("--"); at++) {
      String word = words[at];
      CommandLine within = command.getSubcommands().get(word);
      OptionSpec option = command.getCommandSpec().optionsMap().get(word);
      if (within != null) {
        command = within;
      } else if (option != null && option.arity().max() > 0) {
        boolean isForgotten =
            at + 1 < words.length && isOption(command.getCommandSpec(), words[at + 1]);
        if (isForgotten && option.arity().min() > 0) {
          throw forgotten(command, word, words[at + 1]);
        }
        if (isForgotten) {
          words[at] = word + "=";
        } else {
          at++; // the value
        }
      }
    }
    return words;
  }

  private static ParameterException forgotten(CommandLine command, String option, String next) {
    if (next.equals("--")) {
      return new ParameterException(command, option + " needs a value before '--'");
    }
    return new ParameterException(
        command,
        option
            + " needs a value, and an option follows, '"
            + next
            + "'; a value that begins like an option is attached: "
            + option
            + "="
            + next);
  }

  /** Whether picocli would take the word for an option, with or without a value. */
  private static boolean isOption(CommandSpec command, String word) {
    int sign = word.indexOf('=');
    return word.equals("--")
        || command.optionsMap().containsKey(sign < 0 ? word : word.substring(0, sign))
        || word.length() > 2
            && word.startsWith("-")
            && command.posixOptionsMap().containsKey(word.charAt(1));
  }
}
