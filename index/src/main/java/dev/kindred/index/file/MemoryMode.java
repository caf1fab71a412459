package dev.kindred.index.file;

/** Where the body of an opened file is read from. */
public enum MemoryMode {
  /**
   * In place: opens at once whatever the size, shares its memory with other processes, and is read
   * from disk as it is needed.
   */
  MAPPED,

  /**
   * In place too, but every page is read and mapped at opening: no search waits for the disk later,
   * or for a page to be mapped.
   */
  PRELOADED,

  /**
   * From a copy in memory of this process, in huge pages where the system grants them: opening
   * reads the whole file, searching then waits less for address translation.
   */
  RESIDENT
}
