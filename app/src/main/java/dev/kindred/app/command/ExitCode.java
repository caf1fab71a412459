package dev.kindred.app.command;

/** Exit codes of the command line. */
public final class ExitCode {
  public static final int OK = 0;

  /** Anything the other codes don't name: a full disk, too little memory, a bug. */
  public static final int FAILURE = 1;

  /** The command line itself is wrong. */
  public static final int USAGE = 2;

  /** A file or value that the user brought is missing or wrong. */
  public static final int BAD_INPUT = 3;

  /** A file of Kindred is damaged or of a version this build can't read. */
  public static final int CORRUPT = 4;

  private ExitCode() {}
}
