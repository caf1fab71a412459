package dev.kindred.app.config;

import dev.kindred.engine.mmoe.MmoeOptions;
import dev.kindred.engine.rank.RankOptions;
import dev.kindred.engine.rank.SourceQuotas;
import dev.kindred.engine.tower.TowerOptions;
import java.util.List;
import java.util.Optional;

/** Reads {@code [rank]}: the personalised path. */
final class RankConfig {
  private RankConfig() {}

  /**
   * The options of the personalised path; empty if it is switched off.
   *
   * @param enabled unless the section says otherwise
   */
  static Optional<RankOptions> read(Section section, boolean enabled) {
    boolean on = section.flag("enabled", enabled);
    boolean large = section.flag("large", false);
    RankOptions base = large ? RankOptions.large() : RankOptions.defaults();
    int history = section.integer("history", base.history());
    int shown = section.integer("shown", base.shown());
    int searched = section.integer("searched", base.searched());
    int keep = section.integer("keep", base.keep());
    int examplesPerUser = section.integer("examples-per-user", base.examplesPerUser());
    int maxExamples = section.integer("max-examples", base.maxExamples());
    int impressions = section.integer("impressions", base.impressions());
    int negatives = section.integer("negatives", base.negatives());
    long lag = section.wholeNumber("lag-seconds", base.lagSeconds());
    boolean exampleAge = section.flag("example-age", base.exampleAge());
    var watchTime = section.choice("watch-time", base.watchTime());
    String topic = section.text("topic", base.topic());
    String series = section.text("series", base.series());
    String position = section.text("position", base.position());
    Optional<Section> quotas = section.section("quotas");
    Optional<Section> retrieval = section.section("retrieval");
    Optional<Section> ranker = section.section("ranker");
    section.finish();
    SourceQuotas given = quotas.map(s -> quotas(s, base.quotas())).orElse(base.quotas());
    TowerOptions towers =
        retrieval.map(s -> retrieval(s, base.retrieval())).orElse(base.retrieval());
    MmoeOptions network = ranker.map(s -> ranker(s, base.ranker())).orElse(base.ranker());
    RankOptions options =
        section.make(
            () ->
                new RankOptions(
                    towers,
                    network,
                    given,
                    history,
                    shown,
                    searched,
                    keep,
                    examplesPerUser,
                    maxExamples,
                    impressions,
                    negatives,
                    lag,
                    exampleAge,
                    watchTime,
                    topic,
                    series,
                    position));
    return on ? Optional.of(options) : Optional.empty();
  }

  private static SourceQuotas quotas(Section section, SourceQuotas base) {
    int tower = section.integer("tower", base.tower());
    int related = section.integer("related", base.related());
    int together = section.integer("together", base.together());
    int content = section.integer("content", base.content());
    int popular = section.integer("popular", base.popular());
    section.finish();
    return section.make(() -> new SourceQuotas(tower, related, together, content, popular));
  }

  private static TowerOptions retrieval(Section section, TowerOptions base) {
    List<Integer> hidden = section.integers("hidden", base.hidden());
    int dim = section.integer("dim", base.dim());
    int embeddingDim = section.integer("embedding-dim", base.embeddingDim());
    var loss = section.choice("loss", base.loss());
    double scale = section.number("scale", base.scale());
    int negatives = section.integer("negatives", base.negativesFor(loss));
    double correction = section.number("correction", base.correction());
    double unknownIds = section.number("unknown-ids", base.unknownIds());
    double rate = section.number("learning-rate", base.optimizer().learningRate());
    int batch = section.integer("batch", base.batch());
    int epochs = section.integer("epochs", base.epochs());
    section.finish();
    return section.make(
        () ->
            base.withHidden(hidden)
                .withDim(dim)
                .withEmbeddingDim(embeddingDim)
                .withScale(scale)
                .withLoss(loss, negatives, batch)
                .withCorrection(correction)
                .withUnknownIds(unknownIds)
                .withOptimizer(base.optimizer().withLearningRate(rate))
                .withEpochs(epochs));
  }

  private static MmoeOptions ranker(Section section, MmoeOptions base) {
    var sharing = section.choice("sharing", base.sharing());
    int experts = section.integer("experts", base.experts(), 1, MmoeOptions.MAX_EXPERTS);
    List<Integer> hidden = section.integers("hidden", base.hidden(), 1, MmoeOptions.MAX_WIDTH);
    List<Integer> towerHidden =
        section.integers("tower-hidden", base.towerHidden(), 1, MmoeOptions.MAX_WIDTH);
    int embeddingDim =
        section.integer("embedding-dim", base.embeddingDim(), 1, MmoeOptions.MAX_WIDTH);
    double unknownIds = section.share("unknown-ids", base.unknownIds());
    double biasDropout = section.share("bias-dropout", base.biasDropout());
    double rate = section.size("learning-rate", base.optimizer().learningRate(), false);
    int batch = section.integer("batch", base.batch(), 1, MmoeOptions.MAX_BATCH);
    int epochs = section.integer("epochs", base.epochs(), 1, Integer.MAX_VALUE);
    section.finish();
    return section.make(
        () ->
            base.withSharing(sharing)
                .withExperts(experts)
                .withHidden(hidden)
                .withTowerHidden(towerHidden)
                .withEmbeddingDim(embeddingDim)
                .withUnknownIds(unknownIds)
                .withBiasDropout(biasDropout)
                .withOptimizer(base.optimizer().withLearningRate(rate))
                .withBatch(batch)
                .withEpochs(epochs));
  }
}
