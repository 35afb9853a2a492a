package org.espalier.llama;

import org.espalier.model.Attention;
import org.espalier.model.Parameter;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;

/**
 * The shape of a context.
 *
 * @param cells tokens that its cache holds, of all sequences together; llama.cpp rounds it up to a multiple of 256
 *     (unified) or of 256 a sequence (streams)
 * @param maxSequences sequences that can be in the cache at once, 1..256
 * @param batchTokens tokens that one step can decode; cut down to the number of cells
 * @param maxRows rows that one step can read: tokens drawn, or log-probabilities looked up. It also bounds the memory for
 *     logits, which is the vocabulary times 4 bytes times the smaller of this and {@code batchTokens}
 * @param unified whether all sequences share one cache, so that a fork copies nothing, or each has a stream of
 *     {@code cells / maxSequences} of its own
 * @param threads that compute, 1..4 a processor, but at most 512; contexts with the same number share one pool
 * @param adaptThreads whether each step takes as many of them as are quickest at present, which other programs may change.
 *     Neither they nor their number change what is computed
 * @param cacheType how keys and values are stored
 * @param flashAttention whether llama.cpp may use it. On a CPU it is slower where heads are narrow and few cells are in use
 * @param attention how attention is computed; {@link Attention#TREE} goes before {@code flashAttention} where it can be had
 */
public record ContextOptions(
        int cells,
        int maxSequences,
        int batchTokens,
        int maxRows,
        boolean unified,
        int threads,
        boolean adaptThreads,
        CacheType cacheType,
        boolean flashAttention,
        Attention attention) {
    /** Storage of keys and values. */
    public enum CacheType {
        /** 16 bit floating point. */
        F16(2.0),
        /** 8 bit integers, 32 of which share a scale: half the memory, and needs flash attention. */
        Q8_0(34.0 / 32),
        /** 32 bit floating point: twice the memory, for comparing results. */
        F32(4.0);

        private final double bytes;

        CacheType(double bytes) {
            this.bytes = bytes;
        }

        double bytes() {
            return bytes;
        }
    }

    public static final int MAX_SEQUENCES = 256;
    private static final int MAX_CELLS = 1 << 30;
    private static final int MAX_BATCH = 1 << 16;
    private static final int MAX_THREADS = 512;

    /** Threads wait for each other at every operation: more than processors only make a step longer. */
    private static final int MAX_THREADS_A_PROCESSOR = 4;

    private static final int DEFAULT_BATCH = 512;
    private static final int ROUNDING = 256;

    /** @throws UsageException if a value is out of its range */
    public ContextOptions {
        require(Parameter.of("context"), cells, MAX_CELLS);
        require("sequences", maxSequences, MAX_SEQUENCES);
        require("the batch's tokens", batchTokens, MAX_BATCH);
        require("the batch's rows", maxRows, MAX_BATCH);
        int processors = Runtime.getRuntime().availableProcessors();
        int mostThreads = Math.min(MAX_THREADS, MAX_THREADS_A_PROCESSOR * processors);
        if (threads < 1 || threads > mostThreads) {
            throw new UsageException(Wording.of(
                    "%s must be in 1..%d (%d for each of %d processors), not %d",
                    Parameter.of("threads"), mostThreads, MAX_THREADS_A_PROCESSOR, processors, threads));
        }
    }

    /** A unified cache, batches of up to 512 tokens with a row for each sequence, as many cores as are quickest. */
    public static ContextOptions of(int cells, int maxSequences) {
        return new ContextOptions(
                cells,
                maxSequences,
                Math.max(DEFAULT_BATCH, maxSequences),
                Math.max(32, maxSequences),
                true,
                Math.min(MAX_THREADS, Processors.cores()),
                true,
                CacheType.F16,
                true,
                Attention.preferred());
    }

    public ContextOptions withUnified(boolean value) {
        return new ContextOptions(
                cells,
                maxSequences,
                batchTokens,
                maxRows,
                value,
                threads,
                adaptThreads,
                cacheType,
                flashAttention,
                attention);
    }

    /** Each step computes with exactly so many. */
    public ContextOptions withThreads(int value) {
        return new ContextOptions(
                cells, maxSequences, batchTokens, maxRows, unified, value, false, cacheType, flashAttention, attention);
    }

    public ContextOptions withBatch(int tokens, int rows) {
        return new ContextOptions(
                cells,
                maxSequences,
                tokens,
                rows,
                unified,
                threads,
                adaptThreads,
                cacheType,
                flashAttention,
                attention);
    }

    public ContextOptions withCacheType(CacheType value) {
        return new ContextOptions(
                cells,
                maxSequences,
                batchTokens,
                maxRows,
                unified,
                threads,
                adaptThreads,
                value,
                flashAttention,
                attention);
    }

    public ContextOptions withFlashAttention(boolean value) {
        return new ContextOptions(
                cells, maxSequences, batchTokens, maxRows, unified, threads, adaptThreads, cacheType, value, attention);
    }

    public ContextOptions withAttention(Attention value) {
        return new ContextOptions(
                cells,
                maxSequences,
                batchTokens,
                maxRows,
                unified,
                threads,
                adaptThreads,
                cacheType,
                flashAttention,
                value);
    }

    /** The number of cells after llama.cpp's rounding. */
    long roundedCells() {
        return unified ? roundUp(cells) : maxSequences * roundUp(roundUp(cells) / maxSequences);
    }

    private static long roundUp(long cells) {
        return Math.max(1, (cells + ROUNDING - 1) / ROUNDING) * ROUNDING;
    }

    private static void require(Object what, int value, int max) {
        if (value < 1 || value > max) {
            throw new UsageException(Wording.of("%s must be in 1..%d, not %d", what, max, value));
        }
    }
}
