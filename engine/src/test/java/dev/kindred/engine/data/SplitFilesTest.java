package dev.kindred.engine.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.kindred.engine.data.Interactions.Duplicates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitFilesTest extends ReaderFiles {
  @Test
  void splitFilesOfEveryFormReadAlike() throws IOException {
    Path lists = file("train.txt.gz", "0 10 11 12\n1\n2 11\n\n");
    Path csv = file("train.csv", "user,item\n0,10\n0,11\n0,12\n2,11\n");
    Path bare = file("bare.csv", "0,10,1,978300760\n0,11,1,978300760\n0,12,1,1\n2,11,1,1");
    Path named = file("named.tsv", "u\ti\tr\n0\t10\t1\n0\t11\t0.5\n0\t11\t0.5\n0\t12\t1\n2\t11\t1");
    for (Path file : List.of(lists, csv, bare, named)) {
      Ids users = new Ids();
      Ids items = Ids.of(List.of("9"));
      Interactions pairs = SplitFiles.read(file, users, items);
      assertEquals(4, pairs.size(), "" + file);
      assertEquals(users.size(), pairs.rows());
      assertEquals(4, pairs.columns(), "an item known before keeps its column");
      int user = users.ordinalOf("0");
      assertEquals(3, pairs.count(user));
      assertEquals(items.ordinalOf("10"), pairs.column(pairs.start(user)));
      assertEquals(1, pairs.value(pairs.start(user) + 1));
      assertEquals(1, pairs.count(users.ordinalOf("2")));
    }
    Path test = file("test.txt", "0 13\n5 10\n");
    SplitFiles.Split split = SplitFiles.read(lists, test, new Ids(), new Ids());
    assertEquals(4, split.train().rows());
    assertEquals(4, split.test().rows());
    assertEquals(split.train().columns(), split.test().columns());
    assertEquals(2, split.test().size());
  }

  @Test
  void repeatedPairsAreSummedOrTheLastWins() throws IOException {
    Path csv = file("repeated.csv", "0,10,3\n0,11,1\n0,10,0.5\n1,10,2\n0,10,4\n");
    Path test = file("repeated.txt", "0 11 11\n");
    Interactions summed = SplitFiles.read(csv, new Ids(), new Ids());
    assertEquals(7.5f, summed.value(0));
    assertEquals(1f, summed.value(1));
    Interactions last = SplitFiles.read(csv, new Ids(), new Ids(), Duplicates.LAST, note -> {});
    assertEquals(3, last.size());
    assertEquals(4f, last.value(0));
    assertEquals(1f, last.value(1));
    SplitFiles.Split split =
        SplitFiles.read(csv, test, new Ids(), new Ids(), Duplicates.LAST, note -> {});
    assertEquals(4f, split.train().value(0));
    assertEquals(1f, split.test().value(0));
    assertEquals(2f, SplitFiles.read(csv, test, new Ids(), new Ids()).test().value(0));
  }

  @Test
  void delimitersWithinQuotesDivideNothingInTheFirstLineEither() throws IOException {
    for (String text :
        List.of(
            "\"u, 1\",v88\n\"u, 1\",v89\n",
            " \"u, 1\" ,\"v88\"\n\"u, 1\",v89\n",
            "\"u, 1\"\tv88\n\"u, 1\"\tv89\n",
            "\"u, 1\",v88,1,5\n\"u, 1\",v89,1,6\n")) {
      Ids users = new Ids();
      Ids items = new Ids();
      assertEquals(2, SplitFiles.read(file("quoted.csv", text), users, items).size(), text);
      assertEquals("u, 1", users.idOf(0), text);
      assertEquals("v88", items.idOf(0), text);
    }
    Ids users = new Ids();
    SplitFiles.read(file("doubled.csv", "\"say \"\"a, b\"\"\",v1\n"), users, new Ids());
    assertEquals("say \"a, b\"", users.idOf(0));
    Ids inches = new Ids(); // a quote within a cell is one
    SplitFiles.read(file("inch.csv", "5\" disk,v1\n"), inches, new Ids());
    assertEquals("5\" disk", inches.idOf(0));
  }

  @Test
  void aHeaderWithTheUsersElsewhereIsRefused() throws IOException {
    for (String header : List.of("item,user", "\"Item\",\"User_ID\"", "movieId,userId,rating")) {
      Path other = file("other.csv", header + "\nv1,u1\n");
      assertRefused(
          "line 1 is a header with the users in column 2",
          () -> SplitFiles.read(other, new Ids(), new Ids()));
    }
    Path last = file("last.csv", "item,rating,user\nv1,1,u1\n");
    assertRefused("users in column 3", () -> SplitFiles.read(last, new Ids(), new Ids()));
    Path pair = file("pair.csv", "ann,user interface\n");
    assertEquals(1, SplitFiles.read(pair, new Ids(), new Ids()).size());
  }

  @Test
  void badSplitFilesAreRefused() throws IOException {
    Path mixed = file("mixed.txt", "0 10 11\n1,12\n");
    assertRefused("line 2 is no list", () -> SplitFiles.read(mixed, new Ids(), new Ids()));
    Path wide = file("wide.csv", "user,item,view,cart,buy\n1,2,1,0,0\n");
    assertRefused("has 5 columns", () -> SplitFiles.read(wide, new Ids(), new Ids()));
    Path bad = file("bad.csv", "1,2,3\n1,3,NaN\n");
    assertRefused("line 2 has the value 'NaN'", () -> SplitFiles.read(bad, new Ids(), new Ids()));
    Path text = file("text.csv", "1,2,3\n1,3,much\n");
    assertRefused("line 2 column 'value'", () -> SplitFiles.read(text, new Ids(), new Ids()));
    Path empty = file("empty.txt", "\n\n");
    assertRefused("only empty lines", () -> SplitFiles.read(empty, new Ids(), new Ids()));
    Path lone = file("lone.txt", "1\n2\n");
    assertRefused("no pair", () -> SplitFiles.read(lone, new Ids(), new Ids()));
  }

  @Test
  void aHeaderIsToldAndABadValueInTheFirstLineIsNone() throws IOException {
    for (String header :
        List.of("user,item", "u,i,r", "userId,movieId,rating", "\"user\",\"item\",\"value\"")) {
      String cells = header.indexOf(',') == header.lastIndexOf(',') ? "" : ",2";
      Path named = file("named.csv", "\n" + header + "\nu0,i4" + cells + "\n");
      List<String> notes = new ArrayList<>();
      assertEquals(
          1,
          SplitFiles.read(named, new Ids(), new Ids(), Duplicates.SUM, notes::add).size(),
          header);
      assertEquals(List.of(named + ": line 2 is read as a header: " + header), notes);
    }
    for (String value : List.of("4 stars", "many", "NaN", "")) {
      Path bad = file("bad.csv", "u0,i4," + value + "\nu1,i4,1\n");
      assertRefused("line 1 ", () -> SplitFiles.read(bad, new Ids(), new Ids()));
    }
    Path pairs = file("pairs.csv", "user7,item3\nuser8,item3\n");
    List<String> notes = new ArrayList<>();
    assertEquals(
        2, SplitFiles.read(pairs, new Ids(), new Ids(), Duplicates.SUM, notes::add).size());
    assertEquals(List.of(), notes);
  }
}
