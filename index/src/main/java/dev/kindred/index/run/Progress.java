package dev.kindred.index.run;

/**
 * Where long work tells how far it is; a command line draws bars from it, a library ignores it.
 *
 * <p>Implementations must allow calls from any thread.
 */
public interface Progress {
  /**
   * Opens a stage; close it when it ends, also if it fails.
   *
   * @param name what is being done, a few words
   * @param total units of work to come, or -1 if unknown
   */
  Stage stage(String name, long total);

  /** One that ignores everything. */
  static Progress none() {
    return NoProgress.INSTANCE;
  }

  /** One stretch of work. */
  interface Stage extends AutoCloseable {
    /** Adds finished units. */
    void add(long units);

    /** Says something worth showing beside the bar, such as the present loss. */
    void note(String text);

    @Override
    void close();
  }
}
