package org.espalier.engine;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.List;

/** A context that computes nothing and draws another token for every row, so that branches part at once and only the engine's own work is left. */
final class SilentRunner implements ModelRunner {
    private final Capacity capacity;
    private final Batch batch;
    private final IntBuffer words;
    private final int rowsOut;

    /** @param sequences that can be in the cache at once; the cache is as large as they like */
    SilentRunner(int sequences) {
        int endless = 1 << 28;
        capacity = new Capacity(endless, sequences, endless, 512, true, true);
        batch = new Batch(4 * sequences, capacity.maxBatchTokens(), sequences);
        words = batch.bytes().duplicate().order(ByteOrder.nativeOrder()).asIntBuffer();
        rowsOut = Batch.HEADER_WORDS
                + batch.maxOperations() * Batch.OPERATION_WORDS
                + batch.maxTokens() * Batch.TOKEN_WORDS
                + batch.maxRows() * Batch.ROW_IN_WORDS;
    }

    @Override
    public Capacity capacity() {
        return capacity;
    }

    @Override
    public Batch batch() {
        return batch;
    }

    @Override
    public void watch(List<Integer> tokenIds) {}

    @Override
    public Outcome run(long deadlineNanos) {
        for (int row = 0; row < batch.rows(); row++) {
            words.put(rowsOut + row * Batch.ROW_OUT_WORDS, row);
        }
        return Outcome.DONE;
    }

    @Override
    public void clear() {}

    @Override
    public void interrupt() {}

    @Override
    public void close() {}
}
