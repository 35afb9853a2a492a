package org.espalier.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The demand for a sequence: what is asked of it, and whether it is computed for that. Written by the scheduler and its
 * parts alone, which {@code DemandTest} watches; read by the cache, which spares what is wanted. Engine thread only.
 */
final class Demand {
    /** What the scheduler does with a sequence. */
    enum State {
        /** Nothing to compute. */
        PARKED,
        /** In the queue for a sequence id. */
        WAITING,
        /** Part of the next batch. */
        RUNNING
    }

    private State state = State.PARKED;
    private @Nullable Generation generation;
    private @Nullable Scoring scoring;
    /** Children whose first token is to be drawn from the logits after the last token. */
    private final List<Sequence> branches = new ArrayList<>();
    /** Children that still have to share this sequence's cells. */
    private int pins;

    State state() {
        return state;
    }

    boolean isParked() {
        return state == State.PARKED;
    }

    boolean isWaiting() {
        return state == State.WAITING;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    void enter(State next) {
        state = next;
    }

    /** The text being sampled into the sequence; null if none is. */
    @Nullable
    Generation generation() {
        return generation;
    }

    /** The score to be read after the last token; null once it has been, or if none is. */
    @Nullable
    Scoring scoring() {
        return scoring;
    }

    void generate(@Nullable Generation text) {
        generation = text;
    }

    void score(@Nullable Scoring score) {
        scoring = score;
    }

    /** Children that wait for their first token. */
    int branches() {
        return branches.size();
    }

    Sequence branch(int index) {
        return branches.get(index);
    }

    void addBranch(Sequence child) {
        branches.add(child);
    }

    void removeBranch(Sequence child) {
        branches.remove(child);
    }

    /** Removes the first so many branches. */
    void removeBranches(int count) {
        branches.subList(0, count).clear();
    }

    /** Children that still have to share the sequence's cells, which stay in the cache for them. */
    int pins() {
        return pins;
    }

    void pin() {
        pins++;
    }

    void unpin() {
        pins--;
    }

    /** Returns whether something is to be read after the last token. */
    boolean wantsLogits() {
        return generation != null || scoring != null || !branches.isEmpty();
    }

    /** Returns whether one row after the last token is the sequence's own, and not its branches'. */
    boolean wantsOwnRow() {
        return generation != null || (scoring != null && scoring.targets == null);
    }
}
