package dev.kindred.app.soak;

import java.util.Map;

/**
 * Figures of one slice of a soak, as a line of JSON has them.
 *
 * @param seconds since the beginning, at the slice's end
 * @param requests lists asked for
 * @param errors of them and of the changes: replies that were no good
 * @param statuses replies by status
 * @param p50Micros of service time
 * @param p99Micros of service time
 * @param p999Micros of service time
 * @param maxMicros of service time
 * @param responseP999Micros waiting for a connection included
 * @param swaps of the snapshot so far
 * @param changes so far
 * @param heapMb in use after a collection
 * @param residentMb of the process, pages of mapped files left out
 * @param mappedMb of snapshots in the address space
 * @param mappings of them
 * @param threads that live
 * @param openFiles of the process
 */
public record SoakSlice(
    long seconds,
    long requests,
    long errors,
    Map<Integer, Long> statuses,
    double p50Micros,
    double p99Micros,
    double p999Micros,
    double maxMicros,
    double responseP999Micros,
    long swaps,
    long changes,
    double heapMb,
    double residentMb,
    double mappedMb,
    int mappings,
    int threads,
    int openFiles) {}
