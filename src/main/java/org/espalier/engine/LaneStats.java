package org.espalier.engine;

/**
 * Counts of what a lane has done since it was made.
 *
 * @param steps engine steps that decoded something
 * @param tokens that went through them
 * @param rows that were read off them: tokens drawn and scores
 * @param runnerNanos spent in the native call: copies, decode, sampling
 * @param threadNanos of them, each counted as often as there were threads that computed
 * @param samplingNanos of them, spent in sampling tokens and reading scores off the logits
 * @param totalNanos of the steps, scheduling included
 * @param liveCells in use after the last step
 * @param peakCells most that were ever in use
 */
public record LaneStats(
        long steps,
        long tokens,
        long rows,
        long runnerNanos,
        long threadNanos,
        long samplingNanos,
        long totalNanos,
        int liveCells,
        int peakCells) {
    public static final LaneStats NONE = new LaneStats(0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Counts the steps of a lane without allocating: written by the engine's thread, read by any. */
    static final class Counter {
        private long steps;
        private long tokens;
        private long rows;
        private long runnerNanos;
        private long threadNanos;
        private long samplingNanos;
        private long totalNanos;
        private int liveCells;
        private int peakCells;

        /** Adds a step. */
        synchronized void add(
                int decoded, int read, int threads, long inRunner, long inSampling, long inStep, KvCache kv) {
            steps += decoded > 0 ? 1 : 0;
            tokens += decoded;
            rows += read;
            runnerNanos += inRunner;
            threadNanos += threads * inRunner;
            samplingNanos += inSampling;
            totalNanos += inStep;
            liveCells = kv.liveCells();
            peakCells = kv.peakCells();
        }

        synchronized LaneStats stats() {
            return new LaneStats(
                    steps, tokens, rows, runnerNanos, threadNanos, samplingNanos, totalNanos, liveCells, peakCells);
        }
    }
}
