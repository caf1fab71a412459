/** Memory-mapped embeddings, id tables, exact and approximate nearest neighbour search. */
module dev.kindred.index {
  requires transitive dev.kindred.simd;

  exports dev.kindred.index;
  exports dev.kindred.index.file;
  exports dev.kindred.index.run;
}
