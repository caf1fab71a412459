package dev.kindred.engine.world;

import dev.kindred.engine.data.Events;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Writes a world as CSV files. */
final class WorldFiles {
  static final List<String> EVENT_COLUMNS =
      List.of(
          World.USER_ID,
          World.ITEM_ID,
          "time",
          "position",
          "click",
          "dwell_seconds",
          "length_seconds",
          "like",
          "share",
          "dislike");
  static final List<String> ITEM_COLUMNS =
      List.of(
          World.ITEM_ID,
          "title",
          "type",
          "styles",
          "actors",
          "tags",
          "series",
          "episode",
          "length_seconds");
  static final List<String> USER_COLUMNS =
      List.of(World.USER_ID, "age", "gender", "country", "device");

  private WorldFiles() {}

  /** Writes the body of a file. */
  private interface Body {
    void write(Writer out) throws IOException;
  }

  static void write(
      Path directory, Events events, Population population, List<SearchRows.Search> searches)
      throws IOException {
    Files.createDirectories(directory);
    writeFile(directory.resolve(World.EVENTS_FILE), out -> writeEvents(out, events, population));
    writeFile(
        directory.resolve(World.ITEMS_FILE),
        out -> {
          writeLine(out, ITEM_COLUMNS.toArray(String[]::new));
          for (int item = 0; item < population.items; item++) {
            out.write(events.items().idOf(item));
            out.write(',');
            writeLine(out, population.itemCells(item));
          }
        });
    writeFile(
        directory.resolve(World.USERS_FILE),
        out -> {
          writeLine(out, USER_COLUMNS.toArray(String[]::new));
          for (int user = 0; user < population.users; user++) {
            out.write(events.users().idOf(user));
            out.write(',');
            writeLine(out, population.userCells(user));
          }
        });
    writeFile(
        directory.resolve(World.SEARCHES_FILE),
        out -> {
          writeLine(out, new String[] {World.USER_ID, "time", "query"});
          for (SearchRows.Search search : searches) {
            out.write(events.users().idOf(search.user()));
            out.write(',');
            writeLine(out, new String[] {Long.toString(search.time()), search.text()});
          }
        });
  }

  private static void writeFile(Path file, Body body) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      try (OutputStream bytes = Files.newOutputStream(temporary);
          OutputStream packed =
              file.toString().endsWith(".gz") ? new GZIPOutputStream(bytes, 1 << 16) : bytes;
          Writer out = new BufferedWriter(new OutputStreamWriter(packed, StandardCharsets.UTF_8))) {
        body.write(out);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void writeEvents(Writer out, Events events, Population population)
      throws IOException {
    writeLine(out, EVENT_COLUMNS.toArray(String[]::new));
    StringBuilder line = new StringBuilder();
    for (int row = 0; row < events.size(); row++) {
      int item = events.item(row);
      float dwell = events.signal(0, row);
      line.setLength(0);
      line.append(events.users().idOf(events.user(row))).append(',');
      line.append(events.items().idOf(item)).append(',');
      line.append(events.time(row)).append(',');
      line.append((int) events.signal(1, row)).append(',');
      line.append((int) events.value(Behaviour.CLICK, row)).append(',');
      line.append(Float.isNaN(dwell) ? "" : Double.toString(Math.round(dwell * 10.0) / 10.0));
      line.append(',').append(population.lengthSeconds[item]);
      for (int k = Behaviour.LIKE; k <= Behaviour.DISLIKE; k++) {
        line.append(',').append((int) events.value(k, row));
      }
      out.append(line.append('\n'));
    }
  }

  private static void writeLine(Writer out, String[] cells) throws IOException {
    for (int c = 0; c < cells.length; c++) {
      String cell = cells[c];
      boolean quoted = cell.indexOf(',') >= 0 || cell.indexOf('"') >= 0;
      out.write(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
      out.write(c < cells.length - 1 ? ',' : '\n');
    }
  }
}
