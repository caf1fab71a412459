package dev.kindred.app.command;

import dev.kindred.app.output.ConstantName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a constant after an option as help and configuration files spell it, {@code noisy-or}, and
 * as Java does, {@code NOISY_OR}, in either case. Stateless.
 */
final class ConstantValue<E extends Enum<E>> implements ITypeConverter<E> {
  private final Class<E> type;

  private ConstantValue(Class<E> type) {
    this.type = type;
  }

  /** For all options of a command and its subcommands that take a constant. */
  static void register(CommandLine command) {
    for (ArgSpec arg : command.getCommandSpec().args()) {
      for (Class<?> type : arg.auxiliaryTypes()) {
        if (type.isEnum()) {
          register(command, type.asSubclass(Enum.class));
        }
      }
    }
    command.getSubcommands().values().forEach(ConstantValue::register);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void register(CommandLine command, Class<? extends Enum> type) {
    command.registerConverter((Class) type, new ConstantValue(type));
  }

  @Override
  public E convert(String text) {
    String name = text.toLowerCase(Locale.ROOT).replace('_', '-');
    List<String> names = Arrays.stream(type.getEnumConstants()).map(ConstantName::of).toList();
    if (!names.contains(name)) {
      throw new TypeConversionException(
          "is '" + text + "', must be one of " + String.join(", ", names));
    }
    return type.getEnumConstants()[names.indexOf(name)];
  }
}
