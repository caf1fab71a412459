package dev.kindred.app.config;

import java.util.Collection;
import java.util.Locale;

/** Finds what a misspelt word was meant to be. */
final class Spelling {
  private Spelling() {}

  /** The word nearest to a misspelt one, or empty if none is within a third of its letters. */
  static String nearest(String misspelt, Collection<String> words) {
    String nearest = "";
    int least = Math.max(2, misspelt.length() / 3) + 1;
    for (String word : words) {
      int distance = distance(plain(misspelt), plain(word));
      if (distance < least) {
        least = distance;
        nearest = word;
      }
    }
    return nearest;
  }

  /** Without case and separators, so that minItems finds min-items. */
  private static String plain(String word) {
    return word.replaceAll("[-_. ]", "").toLowerCase(Locale.ROOT);
  }

  /** Letters to add, drop or change (Levenshtein), by dynamic programming over one row. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
