package org.espalier.engine;

/**
 * What a lane has done since it was made.
 *
 * @param steps engine steps that decoded something
 * @param tokens that went through them
 * @param rows that were read off them: tokens drawn and scores
 * @param runnerNanos spent in the native call: copies, decode, sampling
 * @param readingNanos of them, reading rows: sampling and scores
 * @param totalNanos of the steps, scheduling included
 * @param liveCells in use after the last step
 * @param peakCells most that were ever in use
 */
public record LaneStats(
        long steps,
        long tokens,
        long rows,
        long runnerNanos,
        long readingNanos,
        long totalNanos,
        int liveCells,
        int peakCells) {
    public static final LaneStats NONE = new LaneStats(0, 0, 0, 0, 0, 0, 0, 0);

    LaneStats plus(int decoded, int read, long inRunner, long inReading, long inStep, KvCache kv) {
        return new LaneStats(
                steps + (decoded > 0 ? 1 : 0),
                tokens + decoded,
                rows + read,
                runnerNanos + inRunner,
                readingNanos + inReading,
                totalNanos + inStep,
                kv.liveCells(),
                kv.peakCells());
    }
}
