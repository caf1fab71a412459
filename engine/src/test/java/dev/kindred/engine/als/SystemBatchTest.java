package dev.kindred.engine.als;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SystemBatchTest {
  private static final int STRIDE = 32;

  private static float[] filled(float value) {
    float[] array = new float[STRIDE];
    Arrays.fill(array, value);
    return array;
  }

  @Test
  void paddingIsNoPivot() {
    SystemBatch batch = new SystemBatch(STRIDE);
    float[] shifts = new float[batch.size];
    batch.setSize(0, 1);
    batch.matrices[batch.matrix(0)] = 1e6f;
    batch.setSize(1, 9); // so that the first one's padding reaches to 12
    for (int i = 0; i < 9; i++) {
      batch.matrices[batch.matrix(1) + i * (STRIDE + 1)] = i < 8 ? 3 : 15;
    }
    batch.factor(2, filled(1), shifts);
    assertEquals(1, batch.pivotRatio(0));
    assertEquals(0.25, batch.pivotRatio(1), 1e-6);
  }

  @Test
  void matricesAreZeroAfterFactoring() {
    Random random = new Random(1);
    SystemBatch batch = new SystemBatch(STRIDE);
    for (int n : new int[] {1, 4, 12, 20, 32}) {
      for (boolean broken : new boolean[] {false, true}) {
        for (int system = 0; system < batch.size; system++) {
          batch.setSize(system, n);
          for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
              batch.matrices[batch.matrix(system) + i * STRIDE + j] = random.nextFloat();
            }
          }
        }
        if (broken) {
          // As sums of products that are not finite leave it, beyond the system too.
          Arrays.fill(batch.matrices, Float.NaN);
        }
        batch.factor(batch.size, filled(100), new float[batch.size]);
        assertEquals(broken, Float.isNaN(batch.pivotRatio(0)));
        for (int system = 0; system < batch.size; system++) {
          for (int i = 0; i < STRIDE; i++) {
            for (int j = 0; j <= i; j++) {
              assertEquals(0, batch.matrices[batch.matrix(system) + i * STRIDE + j], "n " + n);
            }
          }
        }
      }
    }
  }

  @Test
  void aSolutionDependsOnItsOwnSystemOnly() {
    Random random = new Random(2);
    SystemBatch alone = new SystemBatch(STRIDE);
    SystemBatch together = new SystemBatch(STRIDE);
    int count = together.size;
    float[][] rights = new float[count][STRIDE];
    float[][] solutions = new float[count][STRIDE];
    for (int system = 0; system < count; system++) {
      int n = 1 + system * 5 % STRIDE;
      together.setSize(system, n);
      for (int i = 0; i < n; i++) {
        rights[system][i] = random.nextFloat();
        for (int j = 0; j <= i; j++) {
          together.matrices[together.matrix(system) + i * STRIDE + j] = random.nextFloat();
        }
      }
    }
    // One of them has no solution.
    together.matrices[together.matrix(1)] = -1e9f;
    float[] before = together.matrices.clone();
    together.factor(count, filled(50), new float[count]);
    together.solve(rights, solutions, count);
    for (int system = 0; system < count; system++) {
      int n = 1 + system * 5 % STRIDE;
      System.arraycopy(before, together.matrix(system), alone.matrices, 0, STRIDE * STRIDE);
      alone.setSize(0, n);
      alone.factor(1, filled(50), new float[count]);
      float[][] solution = new float[1][STRIDE];
      alone.solve(new float[][] {rights[system]}, solution, 1);
      assertEquals(system == 1, !(alone.pivotRatio(0) > 0));
      assertEquals(alone.pivotRatio(0), together.pivotRatio(system), "system " + system);
      for (int i = 0; i < n; i++) {
        assertEquals(solution[0][i], solutions[system][i], "system " + system);
      }
    }
    assertFalse(together.pivotRatio(1) > 0);
  }
}
