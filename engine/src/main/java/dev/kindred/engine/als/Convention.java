package dev.kindred.engine.als;

/**
 * How a strength r of an observed pair becomes confidence, target and regularisation.
 *
 * <p>Every convention minimises, over user factors x and item factors y,
 *
 * <pre>
 *   w0 sum over all pairs (x'y)^2  +  sum over observed pairs [ a (x'y)^2 - 2 b x'y + const ]
 *      + sum over users lambda_u |x|^2  +  sum over items lambda_i |y|^2
 * </pre>
 *
 * and they differ in a, b, w0 and lambda (n = number of positive entries of the row, N = number of
 * rows on the other side):
 *
 * <table>
 * <caption>Conventions</caption>
 * <tr><th>convention</th><th>a</th><th>b if r &gt; 0 (else 0)</th><th>w0</th><th>lambda</th></tr>
 * <tr><td>SPARK</td><td>alpha |r|</td><td>1 + alpha r</td><td>1</td>
 *     <td>regularization n</td></tr>
 * <tr><td>IMPLICIT</td><td>alpha |r| - 1</td><td>alpha r</td><td>1</td>
 *     <td>regularization</td></tr>
 * <tr><td>LOG</td><td>alpha log(1 + |r|)</td><td>1 + alpha log(1 + r)</td><td>1</td>
 *     <td>regularization</td></tr>
 * <tr><td>IALS</td><td>alpha |r|</td><td>alpha r</td><td>unobservedWeight</td>
 *     <td>regularization (n + unobservedWeight N)^frequencyExponent</td></tr>
 * </table>
 *
 * <p>An entry with r = 0 says nothing: it counts as unobserved. An entry with r &lt; 0 is a
 * negative preference, treated as Spark treats it: the confidence comes from |r| and the target is
 * 0, and it does not count in n.
 */
public enum Convention {
  /** Spark MLlib: c = 1 + alpha |r|, lambda scaled by the row's positive entries. */
  SPARK,
  /** The Python library implicit: c = alpha |r|, plain lambda. */
  IMPLICIT,
  /** Hu, Koren and Volinsky (2008), equation 6: c = 1 + alpha log(1 + |r|), plain lambda. */
  LOG,
  /**
   * Rendle, Krichene, Zhang and Koren, "Revisiting the Performance of iALS on Item Recommendation
   * Benchmarks" (2022): a free weight for unobserved pairs and a regularisation scaled by a power
   * of the row's frequency.
   */
  IALS
}
