/** From interaction logs to snapshots of related items, and the embedded recommender. */
module dev.kindred.engine {
  requires transitive dev.kindred.index;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.jr.ob;

  exports dev.kindred.engine;
  exports dev.kindred.engine.als;
  exports dev.kindred.engine.content;
  exports dev.kindred.engine.coordinate;
  exports dev.kindred.engine.data;
  exports dev.kindred.engine.estimate;
  exports dev.kindred.engine.eval;
  exports dev.kindred.engine.experiment;
  exports dev.kindred.engine.fused;
  exports dev.kindred.engine.inspect;
  exports dev.kindred.engine.mmoe;
  exports dev.kindred.engine.nn;
  exports dev.kindred.engine.nn.serve;
  exports dev.kindred.engine.rank;
  exports dev.kindred.engine.related;
  exports dev.kindred.engine.rerank;
  exports dev.kindred.engine.serve;
  exports dev.kindred.engine.snapshot;
  exports dev.kindred.engine.tower;
  exports dev.kindred.engine.world;

  uses dev.kindred.engine.serve.LiveStateProvider;
}
