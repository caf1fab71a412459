/**
 * Networks over float arrays: layers that compose into a graph, losses, optimisers with sparse
 * embedding updates, feature tables, weights on disk.
 *
 * <p>A {@link dev.kindred.engine.nn.Network} is a graph of {@link dev.kindred.engine.nn.Layer}s and
 * owns the weights. A {@link dev.kindred.engine.nn.Pass} is the scratch of one run over a chunk of
 * rows: the value and the gradient of each layer. A training step runs one pass per fixed chunk of
 * the batch, on as many threads as there are, and {@link dev.kindred.engine.nn.Updater} adds up the
 * chunks' gradients in chunk order: so the bits of a model don't depend on the number of threads.
 */
package dev.kindred.engine.nn;
