package dev.kindred.engine.data;

/** What the order of the rows of {@link Events} means. */
public enum Order {
  /** Rows rise in time; {@link Events#time} is milliseconds since 1970-01-01 UTC. */
  TIME,
  /**
   * {@link Events#time} is a sequence number that orders the rows of one user and says nothing
   * between users.
   */
  SEQUENCE,
  /** The rows stand as they were read; {@link Events#time} is 0. */
  NONE
}
