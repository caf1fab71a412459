package dev.kindred.index.run;

/** What all that end a thread of their own have in common. Stateless. */
public final class Threads {
  private Threads() {}

  /**
   * Waits until a thread has ended, also if the caller is interrupted meanwhile; it then finds
   * itself interrupted afterwards.
   */
  public static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
