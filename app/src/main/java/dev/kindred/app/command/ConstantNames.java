package dev.kindred.app.command;

import dev.kindred.app.config.OptimizerName;
import dev.kindred.app.evaluation.Holdout;
import dev.kindred.app.output.ConstantName;
import dev.kindred.engine.als.Convention;
import dev.kindred.engine.als.Solver;
import dev.kindred.engine.data.Interactions;
import dev.kindred.engine.related.Merge;
import dev.kindred.engine.rerank.Diversity;
import dev.kindred.engine.tower.TowerLoss;
import dev.kindred.engine.tower.TowerStart;
import dev.kindred.index.Metric;
import dev.kindred.index.SearchCodes;
import dev.kindred.index.file.MemoryMode;
import java.util.AbstractList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The names of an enum's constants as {@link ConstantValue} reads them, for the {@code
 * completionCandidates} of an option, which help and shell completion list; picocli takes the names
 * of Java otherwise, {@code NOISY_OR}. It makes an object of a class, so each enum has one.
 * Immutable.
 */
abstract class ConstantNames extends AbstractList<String> {
  private final List<String> names;

  private ConstantNames(Enum<?>[] constants) {
    names = Stream.of(constants).map(ConstantName::of).toList();
  }

  @Override
  public String get(int index) {
    return names.get(index);
  }

  @Override
  public int size() {
    return names.size();
  }

  static final class Conventions extends ConstantNames {
    Conventions() {
      super(Convention.values());
    }
  }

  static final class Solvers extends ConstantNames {
    Solvers() {
      super(Solver.values());
    }
  }

  static final class Duplicates extends ConstantNames {
    Duplicates() {
      super(Interactions.Duplicates.values());
    }
  }

  static final class Merges extends ConstantNames {
    Merges() {
      super(Merge.values());
    }
  }

  static final class TowerLosses extends ConstantNames {
    TowerLosses() {
      super(TowerLoss.values());
    }
  }

  static final class TowerStarts extends ConstantNames {
    TowerStarts() {
      super(TowerStart.values());
    }
  }

  static final class Metrics extends ConstantNames {
    Metrics() {
      super(Metric.values());
    }
  }

  static final class Codes extends ConstantNames {
    Codes() {
      super(SearchCodes.values());
    }
  }

  static final class MemoryModes extends ConstantNames {
    MemoryModes() {
      super(MemoryMode.values());
    }
  }

  static final class FilterKinds extends ConstantNames {
    FilterKinds() {
      super(AnnSweepCommand.FilterKind.values());
    }
  }

  static final class Optimizers extends ConstantNames {
    Optimizers() {
      super(OptimizerName.values());
    }
  }

  static final class Splits extends ConstantNames {
    Splits() {
      super(Holdout.By.values());
    }
  }

  static final class Bases extends ConstantNames {
    Bases() {
      super(Diversity.Basis.values());
    }
  }
}
