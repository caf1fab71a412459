package dev.kindred.engine.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** One JSON object a line. A line that is none is a bad row; the next one is read as usual. */
final class JsonLinesReader extends TableReader {
  private static final int MAX_NAMES = 100;

  private final JsonFactory factory =
      new JsonFactoryBuilder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();
  private final Lines lines;
  private final boolean[] seen;
  private final Set<String> names = new LinkedHashSet<>(); // for the message on a missing column

  JsonLinesReader(TableSource source, List<String> wanted, Reader text) {
    super(source, wanted);
    lines = new Lines(text);
    seen = new boolean[wanted.size()];
  }

  @Override
  boolean advance() throws IOException {
    do {
      if (!lines.next()) {
        return false;
      }
    } while (lines.isBlank());
    row().clear();
    if (lines.tooLong()) {
      row().fail("is longer than 16 million characters; write one object a line");
      return true;
    }
    try (JsonParser parser =
        factory.createParser(lines.buffer(), lines.start(), lines.end() - lines.start())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        row().fail("is no JSON object; write one object a line, without a list around them");
        return true;
      }
      readObject(parser, "");
      if (parser.nextToken() != null) {
        row().fail("has something after its JSON object; write one object a line");
      }
    } catch (JsonProcessingException e) {
      row().fail("is no JSON object: " + firstLine(e.getOriginalMessage()));
    }
    return true;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private void readObject(JsonParser parser, String prefix) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = prefix.isEmpty() ? parser.currentName() : prefix + parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT) {
        readObject(parser, name + ".");
        continue;
      }
      if (names.size() < MAX_NAMES) {
        names.add(name);
      }
      int column = column(name);
      if (column >= 0) {
        seen[column] = true;
      }
      if (value == JsonToken.START_ARRAY) {
        readArray(parser, column);
      } else if (column >= 0 && value != JsonToken.VALUE_NULL) {
        row()
            .set(
                column, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      }
    }
  }

  /** Joins the plain elements; objects and lists within a list are left out. */
  private void readArray(JsonParser parser, int column) throws IOException {
    JsonToken value;
    while ((value = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (value.isStructStart()) {
        parser.skipChildren();
      } else if (column >= 0 && value != JsonToken.VALUE_NULL) {
        row()
            .append(
                column, parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
      }
    }
  }

  @Override
  List<String> names() {
    return List.copyOf(names);
  }

  @Override
  long line() {
    return lines.number();
  }

  @Override
  void finish() {
    for (int w = 0; w < seen.length; w++) {
      if (!seen[w]) {
        throw missing(wanted().get(w), names);
      }
    }
  }

  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException e) {
      throw unreadable(source().file(), line(), e);
    }
  }
}
