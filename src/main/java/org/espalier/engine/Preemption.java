package org.espalier.engine;

import java.util.List;
import org.espalier.model.Meter.Count;
import org.jspecify.annotations.Nullable;

/** Makes room in the cache for those that run: evicts what is parked, then has the youngest wait. Engine thread only. */
final class Preemption {
    private final KvCache kv;
    private final WaitingQueue waiting;
    private final List<Sequence> running;

    /** @param running in the order in which they were admitted */
    Preemption(KvCache kv, WaitingQueue waiting, List<Sequence> running) {
        this.kv = kv;
        this.waiting = waiting;
        this.running = running;
    }

    /** Makes room until the next token of all that decode fits, or one runs alone. */
    void makeRoom(int decoding) {
        int needed = decoding;
        while (!kv.hasRoomFor(needed)) {
            if (kv.evictOne()) {
                continue;
            }
            if (running.size() <= 1) {
                return;
            }
            needed -= preemptYoungest();
        }
    }

    /**
     * Makes room where the cache cannot take another token.
     *
     * @return the one that ran alone and has to stop, as there is no room to be made; else null
     */
    @Nullable
    Sequence yieldCells() {
        if (kv.evictOne()) {
            return null;
        }
        if (running.size() > 1) {
            preemptYoungest();
            return null;
        }
        return running.isEmpty() ? null : running.remove(0);
    }

    /** Returns how many tokens less the batch needs. */
    private int preemptYoungest() {
        Sequence youngest = running.remove(running.size() - 1);
        int freed = youngest.pending() == 1 ? 1 : 0;
        // Behind all others: in front of them it would take back the room that it made.
        waiting.addLast(youngest);
        kv.release(youngest);
        youngest.meter.add(Count.PREEMPTIONS, 1);
        return freed;
    }
}
