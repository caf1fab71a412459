package dev.kindred.engine.mmoe;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How the gates of a multi-task network share out its experts, as means over some rows.
 *
 * <p>Immutable.
 */
public final class GateUsage {
  /** A gate is collapsed if one expert gets more than this share of it. */
  public static final double COLLAPSED = 0.95;

  private final List<String> gates;
  private final double[][] shares;

  GateUsage(List<String> gates, double[][] shares) {
    this.gates = List.copyOf(gates);
    this.shares = shares;
  }

  /** The task of each gate, or "all tasks" for a common one; empty for a shared bottom. */
  public List<String> gates() {
    return gates;
  }

  /** Mean share of each expert, adding up to 1; a copy. */
  public double[] shares(int gate) {
    return shares[gate].clone();
  }

  /** How many experts the mean shares amount to: e to their entropy, 1 to the number of experts. */
  public double effectiveExperts(int gate) {
    double entropy = 0;
    for (double share : shares[gate]) {
      entropy -= share > 0 ? share * Math.log(share) : 0;
    }
    return Math.exp(entropy);
  }

  /** Whether one of several experts gets nearly all of a gate. */
  public boolean isCollapsed(int gate) {
    return shares[gate].length > 1 && shares[gate][largest(gate)] > COLLAPSED;
  }

  /** A line for each collapsed gate. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    for (int g = 0; g < gates.size(); g++) {
      if (isCollapsed(g)) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "the gate of %s has collapsed: %.1f%% of it goes to expert %d of %d; use fewer"
                    + " experts, a smaller learning rate or another seed",
                gates.get(g),
                100 * shares[g][largest(g)],
                largest(g),
                shares[g].length));
      }
    }
    return warnings;
  }

  private int largest(int gate) {
    int largest = 0;
    for (int e = 1; e < shares[gate].length; e++) {
      largest = shares[gate][e] > shares[gate][largest] ? e : largest;
    }
    return largest;
  }
}
