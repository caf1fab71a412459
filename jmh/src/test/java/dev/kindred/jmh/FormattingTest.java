package dev.kindred.jmh;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every source is as google-java-format writes it. With {@code -Dkindred.format=write} the test
 * rewrites those that are not, instead of failing.
 */
final class FormattingTest {
  private static final String REMEDY =
      "mvn -q -pl jmh -am test -Dtest=FormattingTest -Dkindred.format=write"
          + " -Dsurefire.failIfNoSpecifiedTests=false";

  @Test
  void everySourceIsFormatted() throws IOException {
    List<Path> sources = Checkout.sources();
    assertTrue(sources.size() > 20, "no sources found below " + Checkout.ROOT);
    boolean write = "write".equals(System.getProperty("kindred.format"));
    Formatter formatter = new Formatter();
    List<String> offenders =
        sources.parallelStream()
            .filter(source -> !isFormatted(formatter, source, write))
            .map(source -> Checkout.ROOT.relativize(source).toString())
            .toList();
    if (write) {
      offenders.forEach(source -> System.out.println("formatted " + source));
    } else if (!offenders.isEmpty()) {
      fail(
          "not as google-java-format writes them:\n  "
              + String.join("\n  ", offenders)
              + "\nThis rewrites them:\n  "
              + REMEDY);
    }
  }

  private static boolean isFormatted(Formatter formatter, Path source, boolean write) {
    try {
      String text = Files.readString(source);
      String formatted = formatter.formatSourceAndFixImports(text);
      if (write && !formatted.equals(text)) {
        Files.writeString(source, formatted);
      }
      return formatted.equals(text);
    } catch (FormatterException e) {
      throw new AssertionError(source + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
