package org.espalier.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rule by which a batch is abandoned while it is computed: when that costs nobody anything. Engine thread only;
 * others while the batch is computed, as nothing moves meanwhile.
 */
final class Abandonment {
    private final List<Sequence> running;
    private final int[] scheduled;
    private final KvCache kv;

    /** @param scheduled tokens of each running sequence in the batch */
    Abandonment(List<Sequence> running, int[] scheduled, KvCache kv) {
        this.running = running;
        this.scheduled = scheduled;
        this.kv = kv;
    }

    /**
     * Returns when all runs have to end that lose something if the batch is abandoned, by {@link System#nanoTime()};
     * {@link Long#MAX_VALUE} if one of them need not. A batch that a run without a deadline takes part in is computed
     * to its end: it has at most {@link Batch#maxTokens} tokens.
     */
    long deadlineNanos() {
        boolean any = false;
        long latest = 0;
        for (int i = 0; i < running.size() + kv.ids(); i++) {
            Sequence sequence = losing(i);
            if (sequence == null) {
                continue;
            }
            long deadline = sequence.meter.deadlineNanos();
            if (deadline == Long.MAX_VALUE) {
                return Long.MAX_VALUE;
            }
            latest = any && latest - deadline > 0 ? latest : deadline;
            any = true;
        }
        return any ? latest : Long.MAX_VALUE;
    }

    /** Returns whether every run that loses something if the batch is abandoned has ended. */
    boolean isForEndedRunsOnly() {
        for (int i = 0; i < running.size() + kv.ids(); i++) {
            Sequence sequence = losing(i);
            if (sequence != null && !sequence.isExceeded()) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns what loses something if the batch is abandoned: the sequences with tokens in it and, where that empties
     * the cache, all that are in there. Null if there is none at this index of both.
     */
    private @Nullable Sequence losing(int index) {
        if (index < running.size()) {
            return scheduled[index] > 0 ? running.get(index) : null;
        }
        return kv.rollsBack() ? null : kv.owner(index - running.size());
    }
}
