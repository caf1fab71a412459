/**
 * Networks that are run, not trained: immutable, weights packed once, scratch owned by the caller.
 *
 * <p>A network may be shared by any number of threads, each with a scratch of its own; running it
 * allocates nothing. For one vector width a row's outputs have the same bits in a batch of any
 * size.
 */
package dev.kindred.engine.nn.serve;
