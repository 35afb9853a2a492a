package org.espalier.engine;

import org.jspecify.annotations.Nullable;

/** Puts tokens of running sequences into the batch, with the rows that are read after them. Engine thread only. */
final class BatchFiller {
    private final KvCache kv;
    private final Batch batch;
    private final BatchRows rows;
    private final Quarantine quarantine;

    BatchFiller(KvCache kv, Batch batch, BatchRows rows, Quarantine quarantine) {
        this.kv = kv;
        this.batch = batch;
        this.rows = rows;
        this.quarantine = quarantine;
    }

    /** Adds as many pending tokens as still fit into the batch and the cache. Returns how many. */
    int addChunk(Sequence sequence, long step) {
        int tokens = Math.min(sequence.pending(), batch.maxTokens() - batch.tokens());
        while (tokens > 0 && !kv.hasRoomFor(batch.tokens() + tokens)) {
            if (!kv.evictOne()) {
                tokens /= 2;
            }
        }
        return add(sequence, tokens, step);
    }

    /** Adds so many pending tokens, or fewer where there are not enough rows to read. Returns how many. */
    int add(Sequence sequence, int planned, long step) {
        int tokens = planned;
        boolean reachesEnd = sequence.cells.end() + planned == sequence.length();
        // What needs more rows than its own waits for a step with rows to spare.
        if (reachesEnd && sequence.demand.branches() > 0 && rows.spare() == 0) {
            tokens--;
        }
        Scoring scoring = sequence.demand.scoring();
        int @Nullable [] targets = scoring == null ? null : scoring.targets;
        if (targets != null) {
            tokens = Math.min(tokens, rows.spare());
        }
        kv.used(sequence, step);
        for (int i = 0; i < tokens; i++) {
            int position = sequence.cells.end() + i;
            int at = batch.add(sequence.tokenAt(position), position, sequence.cells.seqId());
            if (targets != null) {
                rows.addTarget(sequence, at, position, targets[position - sequence.start()]);
            } else if (position == sequence.length() - 1) {
                rows.addLast(sequence, at);
            }
        }
        if (quarantine.isTesting() && tokens > 0) {
            rows.addProbe(sequence, sequence.cells.end() + tokens - 1);
        }
        return tokens;
    }
}
