package dev.kindred.engine.rerank;

import dev.kindred.index.run.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Items of a test: fields of text "genre", "series" and of numbers "year", and scores. */
final class Shelf implements ItemAttributes {
  private final List<String> texts = new ArrayList<>(); // "field:text" -> value
  private final List<int[]> values = new ArrayList<>();
  private final List<Integer> genres = new ArrayList<>(); // how many of the values are genres
  private final List<Float> years = new ArrayList<>();

  /** Adds an item; NaN = no year, "" = no series. */
  Shelf item(float year, String series, String... kinds) {
    List<Integer> found = new ArrayList<>();
    for (String genre : kinds) {
      found.add(code("0:" + genre));
    }
    if (!series.isEmpty()) {
      found.add(code("1:" + series));
    }
    genres.add(kinds.length);
    values.add(found.stream().mapToInt(Integer::intValue).toArray());
    years.add(year);
    return this;
  }

  /** n items of drawn genres, series and years. */
  static Shelf random(int n, long seed) {
    Draws draws = Draws.of(seed, "shelf");
    Shelf shelf = new Shelf();
    for (int i = 0; i < n; i++) {
      shelf.item(1950 + draws.nextInt(70), "s" + draws.nextInt(1 + n / 5), "g" + draws.nextInt(4));
    }
    return shelf;
  }

  /** Drawn scores. */
  static float[] scores(int n, long seed) {
    Draws draws = Draws.of(seed, "scores");
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) {
      scores[i] = (float) draws.nextGaussian();
    }
    return scores;
  }

  /** 0, 1, ..., n - 1. */
  static int[] all(int n) {
    int[] items = new int[n];
    Arrays.setAll(items, i -> i);
    return items;
  }

  /** A re-ranking bound to this, where the id of an item is its ordinal. */
  BoundReranking bind(Reranking reranking) {
    return BoundReranking.of(
        reranking,
        new FilterCache(this),
        id -> id.matches("\\d{1,6}") && Integer.parseInt(id) < items() ? Integer.parseInt(id) : -1);
  }

  /** Items are alike as far as they share genre (0.6) and series (0.4). */
  float similarity(int a, int b) {
    float shared = 0;
    for (int field = 0; field < 2; field++) {
      for (long at = valueStart(a, field); at < valueEnd(a, field); at++) {
        shared += has(b, field, value(a, at)) ? (field == 0 ? 0.6f : 0.4f) : 0;
      }
    }
    return shared;
  }

  private int code(String text) {
    if (!texts.contains(text)) {
      texts.add(text);
    }
    return texts.indexOf(text);
  }

  @Override
  public int items() {
    return values.size();
  }

  @Override
  public int values() {
    return texts.size();
  }

  @Override
  public List<String> fields() {
    return List.of("genre", "series", "year");
  }

  @Override
  public boolean isNumeric(int field) {
    return field == 2;
  }

  @Override
  public float number(int item, int field) {
    return field == 2 ? years.get(item) : Float.NaN;
  }

  @Override
  public int valueOf(int field, String text) {
    return texts.indexOf(field + ":" + text);
  }

  @Override
  public long valueStart(int item, int field) {
    return field == 0 ? 0 : field == 1 ? genres.get(item) : values.get(item).length;
  }

  @Override
  public long valueEnd(int item, int field) {
    return field == 0 ? genres.get(item) : values.get(item).length;
  }

  @Override
  public int value(int item, long at) {
    return values.get(item)[(int) at];
  }
}
