package org.espalier.sandbox;

import java.time.Duration;

/**
 * What one run of a program may use.
 *
 * @param cpuSeconds of processor time, of each of its processes
 * @param wall time from its start
 * @param memoryBytes of all its processes together; also what each of them may map, where the language bears that
 * @param processes and threads at the same time
 * @param diskBytes in its temporary folder, which is in memory
 * @param fileBytes of one file
 * @param outputBytes that it may write to its output and to its caller
 * @param openFiles of each process
 */
public record Limits(
        int cpuSeconds,
        Duration wall,
        long memoryBytes,
        int processes,
        long diskBytes,
        long fileBytes,
        long outputBytes,
        int openFiles) {
    private static final long MIB = 1 << 20;

    /** Enough for a function of a textbook; processor time counts, so that a busy machine fails nobody. */
    public static final Limits USUAL =
            new Limits(5, Duration.ofSeconds(20), 1024 * MIB, 64, 64 * MIB, 16 * MIB, 4 * MIB, 64);

    /** The same with other times: of the processor so many seconds, on the clock four times as many. */
    public Limits withSeconds(int cpu) {
        return new Limits(
                cpu,
                Duration.ofSeconds(4L * cpu),
                memoryBytes,
                processes,
                diskBytes,
                fileBytes,
                outputBytes,
                openFiles);
    }

    /** The same with another bound on the memory. */
    public Limits withMemory(long bytes) {
        return new Limits(cpuSeconds, wall, bytes, processes, diskBytes, fileBytes, outputBytes, openFiles);
    }

    /** The same with another bound on the time on the clock. */
    public Limits withWall(Duration time) {
        return new Limits(cpuSeconds, time, memoryBytes, processes, diskBytes, fileBytes, outputBytes, openFiles);
    }
}
