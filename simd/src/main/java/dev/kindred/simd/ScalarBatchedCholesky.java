package dev.kindred.simd;

import static dev.kindred.simd.BatchedCholesky.STEP;
import static dev.kindred.simd.BatchedCholesky.start;

/** Plain loops: the specification of {@link VectorBatchedCholesky}, to the bit. */
final class ScalarBatchedCholesky implements BatchedCholeskyKernels {
  private final int systems;

  ScalarBatchedCholesky(int systems) {
    this.systems = systems;
  }

  @Override
  public int systems() {
    return systems;
  }

  @Override
  public void interleave(float[] matrices, int distance, int lda, int n, float[] a) {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        for (int s = 0; s < systems; s++) {
          int from = s * distance + i * lda + j;
          a[(start(i) + j) * systems + s] = matrices[from];
          matrices[from] = 0;
        }
      }
    }
  }

  @Override
  public void addToDiagonals(float[] a, int n, float[] values, float[] shifts) {
    for (int i = 0; i < n; i++) {
      for (int s = 0; s < systems; s++) {
        a[(start(i) + i) * systems + s] += values[i] + shifts[s];
      }
    }
  }

  @Override
  public void factor(float[] a, int n, float[] inverses) {
    for (int s = 0; s < systems; s++) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
          // What earlier blocks of four columns take is summed first, what the own block takes goes
          // one by one.
          int block = j - j % STEP;
          float sum = 0;
          for (int k = 0; k < block; k++) {
            sum = Math.fma(at(a, i, k, s), at(a, j, k, s), sum);
          }
          float value = at(a, i, j, s) - sum;
          for (int k = block; k < j; k++) {
            value -= at(a, i, k, s) * at(a, j, k, s);
          }
          if (i == j) {
            float diagonal = (float) Math.sqrt(value);
            inverses[i * systems + s] = 1 / diagonal;
            value = diagonal;
          } else {
            value *= inverses[j * systems + s];
          }
          a[(start(i) + j) * systems + s] = value;
        }
      }
    }
  }

  private float at(float[] a, int i, int j, int s) {
    return a[(start(i) + j) * systems + s];
  }

  @Override
  public void pivotRatios(float[] inverses, int n, float[] ratios) {
    for (int s = 0; s < systems; s++) {
      float smallest = Float.POSITIVE_INFINITY;
      float largest = 0;
      for (int i = 0; i < n; i++) {
        smallest = Math.min(smallest, inverses[i * systems + s]);
        largest = Math.max(largest, inverses[i * systems + s]);
      }
      ratios[s] = smallest / largest;
    }
  }

  @Override
  public void solve(float[] r, int n, float[] inverses, float[] b) {
    for (int s = 0; s < systems; s++) {
      // L y = b.
      for (int i = 0; i < n; i++) {
        int block = i - i % STEP;
        float sum = 0;
        for (int k = 0; k < block; k++) {
          sum = Math.fma(at(r, i, k, s), b[k * systems + s], sum);
        }
        float value = b[i * systems + s] - sum;
        for (int k = block; k < i; k++) {
          value -= at(r, i, k, s) * b[k * systems + s];
        }
        b[i * systems + s] = value * inverses[i * systems + s];
      }
      // L^T x = y, from the last row up: a block's unknowns, then their share of all before them.
      for (int first = n - STEP; first >= 0; first -= STEP) {
        for (int i = first + STEP - 1; i >= first; i--) {
          float value = b[i * systems + s];
          for (int k = first + STEP - 1; k > i; k--) {
            value -= at(r, k, i, s) * b[k * systems + s];
          }
          b[i * systems + s] = value * inverses[i * systems + s];
        }
        for (int k = 0; k < first; k++) {
          float value = b[k * systems + s];
          for (int i = first; i < first + STEP; i++) {
            value = Math.fma(-b[i * systems + s], at(r, i, k, s), value);
          }
          b[k * systems + s] = value;
        }
      }
    }
  }
}
