package org.espalier.engine;

/**
 * What a lane has done since it was made.
 *
 * @param steps engine steps that decoded something
 * @param tokens that went through them
 * @param batchSlots tokens that would have fitted into them
 * @param runnerNanos spent in the native call: copies, decode, sampling
 * @param totalNanos of the steps, scheduling included
 * @param liveCells in use after the last step
 * @param peakCells most that were ever in use
 */
public record LaneStats(
        long steps, long tokens, long batchSlots, long runnerNanos, long totalNanos, int liveCells, int peakCells) {
    public static final LaneStats NONE = new LaneStats(0, 0, 0, 0, 0, 0, 0);

    LaneStats plus(int decoded, int slots, long inRunner, long inStep, KvCache kv) {
        return new LaneStats(
                steps + (decoded > 0 ? 1 : 0),
                tokens + decoded,
                batchSlots + (decoded > 0 ? slots : 0),
                runnerNanos + inRunner,
                totalNanos + inStep,
                kv.liveCells(),
                kv.peakCells());
    }
}
