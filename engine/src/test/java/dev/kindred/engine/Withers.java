package dev.kindred.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/** Checks that each {@code withX} of an options record changes x and nothing else. */
public final class Withers {
  private Withers() {}

  /** Checks one record; of a component that has no such method nothing is asked. */
  public static void check(Record base) throws ReflectiveOperationException {
    int checked = 0;
    for (RecordComponent component : base.getClass().getRecordComponents()) {
      Optional<Method> wither = wither(component);
      if (wither.isPresent()) {
        Object other = other(component.getAccessor().invoke(base));
        Object changed = wither.get().invoke(base, other);
        for (RecordComponent each : base.getClass().getRecordComponents()) {
          Object expected =
              each.getName().equals(component.getName()) ? other : each.getAccessor().invoke(base);
          assertEquals(
              expected,
              each.getAccessor().invoke(changed),
              wither.get().getName() + " and " + each.getName());
        }
        assertNotEquals(base, changed);
        checked++;
      }
    }
    assertNotEquals(0, checked);
  }

  private static Optional<Method> wither(RecordComponent component) {
    String name = component.getName();
    name = "with" + Character.toUpperCase(name.charAt(0)) + name.substring(1);
    try {
      return Optional.of(component.getDeclaringRecord().getMethod(name, component.getType()));
    } catch (NoSuchMethodException e) {
      return Optional.empty();
    }
  }

  /** Another value of the same kind that options accept. */
  private static Object other(Object value) throws ReflectiveOperationException {
    return switch (value) {
      case Boolean flag -> !flag;
      case Integer number -> number + 1;
      case Long number -> number + 1;
      case Double number -> number > 0 ? number / 2 : 0.25;
      case String text -> text + "x";
      case List<?> list -> list.subList(0, list.size() - 1);
      case Optional<?> optional -> Optional.empty();
      case Enum<?> constant -> {
        Object[] all = constant.getDeclaringClass().getEnumConstants();
        yield all[(constant.ordinal() + 1) % all.length];
      }
      case Record options -> {
        for (RecordComponent component : options.getClass().getRecordComponents()) {
          Optional<Method> wither = wither(component);
          if (wither.isPresent()) {
            yield wither.get().invoke(options, other(component.getAccessor().invoke(options)));
          }
        }
        throw new AssertionError("no withX of " + options.getClass());
      }
      default -> throw new AssertionError("no other value of " + value.getClass());
    };
  }
}
