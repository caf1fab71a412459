package dev.kindred.index.file;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Anonymous memory in pages of 2 MiB on Linux, where {@code
 * /sys/kernel/mm/transparent_hugepage/enabled} says {@code madvise} or {@code always}; ordinary
 * memory elsewhere.
 *
 * <p>Memory of an arena is zeroed, and so laid out in small pages, before advice can be given about
 * it. So this asks the system for addresses itself and gives the advice before the first byte is
 * written.
 */
public final class HugePages {
  private static final long PAGE_BYTES = 2L << 20;

  // From the headers of Linux.
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  /** Loaded by the first use: small memory doesn't wait for the linker. */
  private static final class Loaded {
    /** Null where the system isn't Linux or native calls are not allowed. */
    static final Calls CALLS = Calls.find();
  }

  private record Calls(MethodHandle mmap, MethodHandle munmap, MethodHandle madvise) {
    @SuppressWarnings("restricted")
    static Calls find() {
      if (!System.getProperty("os.name").equals("Linux")) {
        return null;
      }
      try {
        Linker linker = Linker.nativeLinker();
        SymbolLookup lookup = linker.defaultLookup();
        Optional<MemorySegment> mmap = lookup.find("mmap");
        Optional<MemorySegment> munmap = lookup.find("munmap");
        Optional<MemorySegment> madvise = lookup.find("madvise");
        if (mmap.isEmpty() || munmap.isEmpty() || madvise.isEmpty()) {
          return null;
        }
        return new Calls(
            linker.downcallHandle(
                mmap.get(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG)),
            linker.downcallHandle(
                munmap.get(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG)),
            linker.downcallHandle(
                madvise.get(),
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT)));
      } catch (IllegalCallerException e) {
        return null;
      }
    }
  }

  private HugePages() {}

  /** A copy of the bytes that lives as long as the arena. */
  static MemorySegment copyOf(MemorySegment bytes, Arena arena) {
    if (bytes.byteSize() == 0) {
      return MemorySegment.NULL;
    }
    MemorySegment copy = allocated(bytes.byteSize(), Envelope.HEADER_BYTES, arena);
    copy.copyFrom(bytes);
    return copy.asReadOnly();
  }

  /**
   * Zeroed memory that lives as long as the arena: in huge pages where it is large and native calls
   * are enabled for this module, so that nobody who didn't ask for them meets the JVM's warning.
   *
   * @param alignment a power of 2, at most a huge page
   */
  public static MemorySegment allocate(long bytes, long alignment, Arena arena) {
    return HugePages.class.getModule().isNativeAccessEnabled()
        ? allocated(bytes, alignment, arena)
        : arena.allocate(bytes, alignment);
  }

  private static MemorySegment allocated(long bytes, long alignment, Arena arena) {
    // Small memory isn't worth whole huge pages.
    MemorySegment huge = bytes < PAGE_BYTES || Loaded.CALLS == null ? null : map(bytes, arena);
    return huge != null ? huge : arena.allocate(bytes, alignment);
  }

  /** Addresses of one page more, of which the aligned part is used; null if there are none. */
  @SuppressWarnings("restricted")
  private static MemorySegment map(long bytes, Arena arena) {
    long mapped = (bytes + 2 * PAGE_BYTES - 1) & -PAGE_BYTES;
    long start;
    try {
      start =
          (long)
              Loaded.CALLS.mmap.invokeExact(
                  0L, mapped, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      if (start == MAP_FAILED) {
        return null;
      }
      long aligned = (start + PAGE_BYTES - 1) & -PAGE_BYTES;
      // Only advice: without it the memory works all the same.
      int ignored =
          (int) Loaded.CALLS.madvise.invokeExact(aligned, mapped - PAGE_BYTES, MADV_HUGEPAGE);
      return MemorySegment.ofAddress(aligned)
          .reinterpret(bytes, arena, memory -> unmap(start, mapped));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static void unmap(long start, long mapped) {
    try {
      int failed = (int) Loaded.CALLS.munmap.invokeExact(start, mapped);
      if (failed != 0) {
        throw new IllegalStateException("munmap refused " + mapped + " bytes at " + start);
      }
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static RuntimeException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException known ? known : new IllegalStateException(e);
  }
}
