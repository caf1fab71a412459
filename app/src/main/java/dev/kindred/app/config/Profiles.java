package dev.kindred.app.config;

import dev.kindred.engine.PipelineOptions;
import dev.kindred.engine.related.ScoringOptions;
import dev.kindred.engine.related.TogetherOptions;
import java.util.Optional;

/**
 * Which profiles there are, and with it the usual options: networks that know ids alone find no
 * more than factors do, and where items have no profiles, who took to both tells what models smooth
 * over. See docs/decisions/merge.md.
 *
 * @param ofItems a catalogue
 * @param ofUsers profiles of users
 */
public record Profiles(boolean ofItems, boolean ofUsers) {
  /** Without any profiles no two-tower networks; without a catalogue what is taken together. */
  public PipelineOptions usual() {
    PipelineOptions options = PipelineOptions.defaults();
    if (!ofItems && !ofUsers) {
      options = options.withTower(Optional.empty());
    }
    ScoringOptions scoring = options.scoring();
    return ofItems
        ? options
        : options.withScoring(scoring.withTogether(Optional.of(TogetherOptions.defaults())));
  }
}
