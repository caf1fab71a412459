/**
 * Kindred beside its peers on the same data in one run: {@code jmh/compare}.
 *
 * <p>Peers are dependencies of this module alone, which is never published.
 */
package dev.kindred.jmh.compare;
