package dev.kindred.engine.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Words and pairs of neighbouring words of what somebody searched for: the unigrams and bigrams of
 * Covington et al. 2016, section 3.1. Stateless.
 */
public final class SearchTokens {
  /** Words of a text beyond these are not looked at. */
  public static final int MOST_WORDS = 16;

  private SearchTokens() {}

  /**
   * The tokens of a text: words are runs of letters and digits in lower case; an ideograph is a
   * word of its own. First all words in order, then all pairs; repeated ones stay.
   */
  public static List<String> of(CharSequence text) {
    List<String> words = words(text.toString().toLowerCase(Locale.ROOT));
    List<String> tokens = new ArrayList<>(words);
    for (int i = 1; i < words.size(); i++) {
      tokens.add(words.get(i - 1) + ' ' + words.get(i));
    }
    return tokens;
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int at = 0; at <= text.length() && words.size() < MOST_WORDS; ) {
      int point = at < text.length() ? text.codePointAt(at) : ' ';
      boolean alone = Character.isIdeographic(point);
      if (!alone && isOfWord(point)) {
        start = start < 0 ? at : start;
      } else {
        if (start >= 0) {
          words.add(text.substring(start, at));
          start = -1;
        }
        if (alone && words.size() < MOST_WORDS) {
          words.add(Character.toString(point));
        }
      }
      at += Character.charCount(point);
    }
    return words;
  }

  /** Marks belong to the letter before them, as in many scripts vowels do. */
  private static boolean isOfWord(int point) {
    int type = Character.getType(point);
    return Character.isLetterOrDigit(point)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }
}
