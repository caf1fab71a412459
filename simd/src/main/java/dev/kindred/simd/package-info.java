/** Kernels over float arrays and memory segments: distances, products, factorisations. */
package dev.kindred.simd;
