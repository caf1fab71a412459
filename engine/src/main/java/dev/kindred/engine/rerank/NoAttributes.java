package dev.kindred.engine.rerank;

import java.util.List;

/** Items of which only their number is known. */
record NoAttributes(int items) implements ItemAttributes {
  @Override
  public int values() {
    return 0;
  }

  @Override
  public List<String> fields() {
    return List.of();
  }

  @Override
  public boolean isNumeric(int field) {
    throw none(field);
  }

  @Override
  public float number(int item, int field) {
    throw none(field);
  }

  @Override
  public int valueOf(int field, String text) {
    throw none(field);
  }

  @Override
  public long valueStart(int item, int field) {
    throw none(field);
  }

  @Override
  public long valueEnd(int item, int field) {
    throw none(field);
  }

  @Override
  public int value(int item, long at) {
    throw new IndexOutOfBoundsException("there are no values");
  }

  private static IndexOutOfBoundsException none(int field) {
    return new IndexOutOfBoundsException("there is no field " + field + ", nor any other");
  }
}
