package dev.kindred.app.config;

import dev.kindred.engine.als.AlsOptions;
import dev.kindred.engine.content.ContentOptions;

/** Reads the tables that set options of a stage; what a table leaves out keeps its default. */
final class ModelConfig {
  private ModelConfig() {}

  static ContentOptions content(Section section, ContentOptions base) {
    double threshold = section.number("threshold", base.threshold());
    double floor = section.number("floor", Math.min(base.floor(), threshold));
    double step = section.number("step", base.step());
    int minCandidates = section.integer("min-candidates", base.minCandidates());
    int maxPerItem = section.integer("max-per-item", base.maxPerItem());
    int topK = section.integer("top-k", base.topK());
    int minItems = section.integer("min-items", base.minItems());
    boolean idf = section.flag("idf", base.idf());
    boolean balance = section.flag("balance-fields", base.balanceFields());
    boolean weights = section.flag("field-weights", base.fieldWeights());
    section.finish();
    return section.make(
        () ->
            new ContentOptions(
                threshold,
                floor,
                step,
                minCandidates,
                maxPerItem,
                topK,
                minItems,
                idf,
                balance,
                weights));
  }

  static AlsOptions als(Section section, AlsOptions base) {
    int rank = section.integer("rank", base.rank());
    int iterations = section.integer("iterations", base.iterations());
    double regularization = section.number("regularization", base.regularization());
    double alpha = section.number("alpha", base.alpha());
    var convention = section.choice("convention", base.convention());
    double unobserved = section.number("unobserved-weight", base.unobservedWeight());
    double exponent = section.number("frequency-exponent", base.frequencyExponent());
    double tolerance = section.number("tolerance", base.tolerance());
    var solver = section.choice("solver", base.solver());
    section.finish();
    return section.make(
        () ->
            new AlsOptions(
                rank,
                iterations,
                regularization,
                alpha,
                convention,
                unobserved,
                exponent,
                tolerance,
                solver,
                base.seed()));
  }
}
