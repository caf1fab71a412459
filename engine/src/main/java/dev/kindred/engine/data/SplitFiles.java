package dev.kindred.engine.data;

import dev.kindred.engine.data.Interactions.Duplicates;
import dev.kindred.index.run.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the files that published train and test splits come in.
 *
 * <ul>
 *   <li>{@code user item item ...}: separated by blanks, each pair counts 1; a user may have none.
 *   <li>{@code user,item[,value[,timestamp]]}: comma or tab between cells, with or without a
 *       header; without a value a pair counts 1; the timestamp is not looked at. A header that
 *       names the users in another column is refused.
 * </ul>
 *
 * <p>Values of a repeated pair are summed unless the caller wants the last. There is no report, so
 * there is no forgiveness either: the first bad line is an {@link InputException}.
 */
public final class SplitFiles {
  private static final List<String> CELLS = List.of("user", "item", "value", "timestamp");

  /** What a header that is told from a pair of ids calls its users, in lower case. */
  private static final Set<String> USER_NAMES =
      Set.of("user", "userid", "user_id", "user-id", "user id", "uid");

  private final Path file;
  private final Ids users;
  private final Ids items;
  private final Consumer<String> notes;
  private int[] user = new int[1024];
  private int[] item = new int[1024];
  private float[] value = new float[1024];
  private int size;

  private SplitFiles(Path file, Ids users, Ids items, Consumer<String> notes) {
    this.file = file;
    this.users = users;
    this.items = items;
    this.notes = notes;
  }

  /**
   * Two matrices [users x items] of one shape.
   *
   * @param train to learn from
   * @param test to be found
   */
  public record Split(Interactions train, Interactions test) {}

  /** Reads one file, values of a repeated pair summed, without notes. */
  public static Interactions read(Path file, Ids users, Ids items) {
    return read(file, users, items, Duplicates.SUM, note -> {});
  }

  /**
   * Reads one file.
   *
   * @param users gains the users of the file
   * @param items gains the items of the file
   * @param duplicates what a pair on several lines becomes
   * @param notes is told which line was read as a header
   * @return [users.size() x items.size()]
   * @throws InputException if the file is missing, empty, has a bad line or more than 2^31 - 65
   *     pairs
   */
  public static Interactions read(
      Path file, Ids users, Ids items, Duplicates duplicates, Consumer<String> notes) {
    SplitFiles pairs = new SplitFiles(file, users, items, notes);
    pairs.readFile();
    return pairs.interactions(duplicates);
  }

  /** Reads both files of a split, values of a repeated pair summed, without notes. */
  public static Split read(Path train, Path test, Ids users, Ids items) {
    return read(train, test, users, items, Duplicates.SUM, note -> {});
  }

  /** Reads both files of a split; see {@link #read(Path, Ids, Ids, Duplicates, Consumer)}. */
  public static Split read(
      Path train, Path test, Ids users, Ids items, Duplicates duplicates, Consumer<String> notes) {
    SplitFiles trainPairs = new SplitFiles(train, users, items, notes);
    trainPairs.readFile();
    SplitFiles testPairs = new SplitFiles(test, users, items, notes);
    testPairs.readFile();
    return new Split(trainPairs.interactions(duplicates), testPairs.interactions(duplicates));
  }

  private Interactions interactions(Duplicates duplicates) {
    return Interactions.of(
        users.size(),
        items.size(),
        sink -> {
          for (int i = 0; i < size; i++) {
            sink.add(user[i], item[i], value[i]);
          }
        },
        duplicates);
  }

  private void add(int u, int i, float v) {
    if (size == user.length) {
      RowRoom.require(size, file);
      int capacity = RowRoom.grown(size);
      user = Arrays.copyOf(user, capacity);
      item = Arrays.copyOf(item, capacity);
      value = Arrays.copyOf(value, capacity);
    }
    user[size] = u;
    item[size] = i;
    value[size++] = v;
  }

  private void readFile() {
    TableSource source = TableSource.of(file, TableSource.Format.CSV);
    try (Progress.Stage stage = Progress.none().stage("reading", -1);
        Lines lines = new Lines(TableReader.openText(source, stage))) {
      boolean any;
      do {
        any = lines.next();
      } while (any && lines.isBlank());
      if (!any) {
        throw new InputException(file + ": holds only empty lines; give a file with pairs");
      }
      String first = new String(lines.buffer(), lines.start(), lines.end() - lines.start());
      char delimiter = cells(first, ',').length > 1 ? ',' : '\t';
      String[] cells = cells(first, delimiter);
      if (cells.length > 1) {
        refuseOtherOrder(cells, lines.number());
        if (isHeader(cells)) {
          notes.accept(
              file + ": line " + lines.number() + " is read as a header: " + first.strip());
        }
        readTable(source.withDelimiter(String.valueOf(delimiter)), cells);
      } else {
        do {
          readList(lines);
        } while (lines.next());
      }
    } catch (IOException e) {
      throw new InputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (size == 0) {
      throw new InputException(file + ": has no pair of user and item");
    }
  }

  /**
   * The cells of a line, with their quotes. A delimiter within quotes divides nothing; as for the
   * reader of tables, quotes are those of a cell that begins with one.
   */
  private static String[] cells(String line, char delimiter) {
    List<String> cells = new ArrayList<>();
    int from = 0;
    boolean begun = false; // with a quote
    boolean within = false; // quotes that are open; a doubled one closes and opens them again
    for (int at = 0; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"' && (begun || line.substring(from, at).isBlank())) {
        begun = true;
        within = !within;
      } else if (c == delimiter && !within) {
        cells.add(line.substring(from, at));
        from = at + 1;
        begun = false;
      }
    }
    cells.add(line.substring(from));
    return cells.toArray(String[]::new);
  }

  private void readList(Lines lines) {
    char[] text = lines.buffer();
    int u = -1;
    int at = lines.start();
    while (true) {
      while (at < lines.end() && text[at] <= ' ') {
        at++;
      }
      if (at == lines.end()) {
        return;
      }
      int from = at;
      while (at < lines.end() && text[at] > ' ') {
        if (text[at] == ',' || text[at] == '\ufffd') {
          throw new InputException(
              file + ": line " + lines.number() + " is no list of ids separated by blanks");
        }
        at++;
      }
      String id = new String(text, from, at - from);
      if (u < 0) {
        u = users.add(id);
      } else {
        add(u, items.add(id), 1);
      }
    }
  }

  private void readTable(TableSource source, String[] first) {
    if (first.length < 2 || first.length > CELLS.size()) {
      throw new InputException(
          source.file()
              + ": has "
              + first.length
              + " columns; a split has user,item[,value[,timestamp]]");
    }
    TableSource table =
        source.withColumns(CELLS.subList(0, first.length)).withHeader(isHeader(first));
    int values = Math.min(first.length, 3);
    try (Progress.Stage stage = Progress.none().stage("reading", -1);
        TableReader reader = TableReader.open(table, CELLS.subList(0, values), stage)) {
      Row row = reader.row();
      while (reader.next()) {
        if (row.problem() == null && (row.isMissing(0) || row.isMissing(1))) {
          row.fail("lacks its user or item");
        }
        double v = values == 3 ? row.number(2) : 1;
        if (row.problem() == null && !Float.isFinite((float) v)) {
          row.fail("has the value '" + row.shown(2) + "', must be finite");
        }
        if (row.problem() != null) {
          throw new InputException(
              source.file() + ": line " + reader.line() + " " + row.problem() + "; mend it");
        }
        add(users.add(row.cell(0)), items.add(row.cell(1)), (float) v);
      }
    }
  }

  /**
   * A header has names of columns in all cells, which are words without digits, and calls its first
   * column user or has more than two: {@code u0,i4,4 stars} is a pair with a bad value.
   */
  private static boolean isHeader(String[] first) {
    for (String cell : first) {
      if (!isName(cell.replace("\"", "").strip())) {
        return false;
      }
    }
    String name = first[0].strip().toLowerCase(Locale.ROOT).replace("\"", "");
    return first.length > 2
        ? !isNumber(first[2].replace("\"", "").strip())
        : name.startsWith("user") || name.equals("uid") || name.equals("u");
  }

  /** A header that has its users elsewhere would have items read as users, without a word. */
  private void refuseOtherOrder(String[] first, long line) {
    List<String> names =
        Arrays.stream(first)
            .map(cell -> cell.replace("\"", "").strip().toLowerCase(Locale.ROOT))
            .toList();
    if (!names.stream().allMatch(SplitFiles::isName) || names.getFirst().startsWith("user")) {
      return;
    }
    for (int c = 1; c < names.size(); c++) {
      if (USER_NAMES.contains(names.get(c))) {
        throw new InputException(
            file
                + ": line "
                + line
                + " is a header with the users in column "
                + (c + 1)
                + " ("
                + String.join(",", names)
                + "); columns must stand as user,item[,value[,timestamp]]: put them in that order");
      }
    }
  }

  private static boolean isName(String cell) {
    return !cell.isEmpty()
        && Character.isLetter(cell.codePointAt(0))
        && cell.codePoints().noneMatch(Character::isDigit);
  }

  /** NaN and Infinity are words without digits too, and are told as bad values. */
  private static boolean isNumber(String cell) {
    try {
      Double.parseDouble(cell);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
