package dev.kindred.engine.coordinate;

import java.util.Arrays;

/** Training examples in columns, growing. For one thread. */
final class Examples {
  int size;
  int[] objective = new int[1024];
  int[] row = new int[1024];

  float[] label = new float[1024];

  void add(int newObjective, int newRow, float newLabel) {
    if (size == row.length) {
      int larger = Math.addExact(size, size);
      objective = Arrays.copyOf(objective, larger);
      row = Arrays.copyOf(row, larger);
      label = Arrays.copyOf(label, larger);
    }
    objective[size] = newObjective;
    row[size] = newRow;
    label[size++] = newLabel;
  }
}
