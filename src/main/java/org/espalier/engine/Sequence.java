package org.espalier.engine;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's handle on the KV cache: the tokens it adds after its parent's, and which of them are in the cache.
 *
 * <p>Only a sequence itself computes its own tokens' cells, under its own sequence id; children share them. A parked
 * sequence may lose its id and its cells, and gets them back when it is needed. Closing releases the cells as soon as no
 * child waits to share them. Engine thread only.
 */
public final class Sequence implements Prefix {
    static final int NONE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(Sequence.class);

    /** What the scheduler does with a sequence. */
    enum State {
        /** Nothing to compute. */
        PARKED,
        /** In the queue for a sequence id. */
        WAITING,
        /** Part of the next batch. */
        RUNNING
    }

    /** On whose account the tokens are counted. */
    public enum Role {
        POLICY,
        PRM
    }

    final Lane lane;

    @Nullable
    Sequence parent;

    final Meter meter;
    final Role role;
    /** Position of the first own token. */
    int start;

    final IntArrayList tokens = new IntArrayList();
    State state = State.PARKED;

    /** Id under which this sequence's tokens are computed, or {@link #NONE}. */
    int seqId = NONE;
    /** Positions below this are in the cache under {@link #seqId}. */
    int cached;
    /** Ids that hold all of this sequence's tokens, and so its ancestors'. */
    final SequenceIds holders = new SequenceIds();
    /** Own tokens in the cache under any id. */
    int liveCells;
    /** Cells beyond those: tokens computed once more while another id holds them. Freed with {@link #seqId}. */
    int duplicates;
    /** Whether the last token's cell is one of them. */
    boolean lastIsDuplicate;
    /** Own tokens that have ever been in the cache: what is computed below this again is recomputation. */
    int uniqueTokens;
    /** Engine step that used this sequence last. */
    long lastUsed;
    /** Admitted in this order: the youngest is preempted first. */
    long admitted;

    /** The text being sampled into this sequence, while it is. */
    @Nullable
    Generation generation;
    /** The score to be read after the last token, while it has not been. */
    @Nullable
    Scoring scoring;
    /** Children whose first token is to be drawn from the logits after the last token. */
    final List<Sequence> branches = new ArrayList<>();
    /** Children that still have to share these cells. */
    int pins;

    /**
     * Whether several steps are written into it while they draw the same tokens. It is nobody's prefix: whoever writes is a
     * branch without tokens of its own, and stays where the step ended.
     */
    final boolean common;
    /** Of a common one: branches that write here or have ended here and are open. Without them it is closed. */
    int riders;
    /** Whether the step that it took part in failed, maybe because of it. */
    boolean suspect;
    /** Whether another sequence begins where this one ended when it did: it must not grow any more. */
    boolean forked;

    private boolean closed;

    Sequence(Lane lane, @Nullable Sequence parent, Meter meter, Role role) {
        this(lane, parent, meter, role, false);
    }

    private Sequence(Lane lane, @Nullable Sequence parent, Meter meter, Role role, boolean common) {
        this.lane = lane;
        this.common = common;
        this.parent = parent;
        this.meter = meter;
        this.role = role;
        start = parent == null ? 0 : parent.length();
    }

    /** A child that several branches write into, which have drawn the same first token. */
    static Sequence common(Sequence parent, int token) {
        Sequence common = new Sequence(parent.lane, parent, parent.meter, parent.role, true);
        common.tokens.add(token);
        return common;
    }

    /** Takes a branch, which has no tokens of its own, to the end of another sequence. */
    void rideOn(Sequence other) {
        parent = other;
        start = other.length();
    }

    /** So many branches have gone on from here by themselves, or are not needed any more. */
    void leave(int leaving) {
        riders -= leaving;
        if (riders == 0) {
            close();
        }
    }

    /** The run that it is counted for. */
    public Meter meter() {
        return meter;
    }

    /** Position after the last token: how many tokens the path to its end has. */
    public int length() {
        return start + tokens.size();
    }

    /** The tokens of the whole path. */
    public int[] path() {
        int[] path = new int[length()];
        for (Sequence sequence = this; sequence != null; sequence = sequence.parent) {
            sequence.tokens.getElements(0, path, sequence.start, sequence.tokens.size());
        }
        return path;
    }

    int tokenAt(int position) {
        return tokens.getInt(position - start);
    }

    /** Tokens that are not in the cache yet. */
    int pending() {
        return length() - cached;
    }

    /** Whether its run has reached a limit. A meter that cannot say whether its run may go on ends it. */
    boolean isExceeded() {
        try {
            return meter.exceeded().isPresent();
        } catch (RuntimeException | Error e) {
            LOG.error("a run ends because its budget cannot be read", e);
            meter.cancel();
            return true;
        }
    }

    /** Whether another sequence is this one or on the path to it. */
    boolean isOrFollows(Sequence other) {
        Sequence sequence = this;
        while (sequence != null && sequence != other) {
            sequence = sequence.parent;
        }
        return sequence != null;
    }

    boolean isHeld() {
        return !holders.isEmpty();
    }

    /** This sequence or the nearest ancestor whose tokens are all in the cache; null if there is none. */
    @Nullable
    Sequence nearestHeld() {
        Sequence sequence = this;
        while (sequence != null && !sequence.isHeld()) {
            sequence = sequence.parent;
        }
        return sequence;
    }

    /** Tokens that must be computed before this sequence is in the cache, its ancestors' included. */
    int missing() {
        if (seqId != NONE) {
            return pending();
        }
        Sequence held = nearestHeld();
        return length() - (held == null ? 0 : held.length());
    }

    /** Whether it has been closed: nothing more may be asked of it. */
    public boolean isClosed() {
        return closed;
    }

    /** Whether something is to be read after the last token. */
    boolean wantsLogits() {
        return generation != null || scoring != null || !branches.isEmpty();
    }

    /** Whether one row after the last token is its own, and not its branches'. */
    boolean wantsOwnRow() {
        return generation != null || (scoring != null && scoring.targets == null);
    }

    /** Counts tokens of this sequence that have been decoded, up to {@link #cached}. */
    void count(int decoded) {
        int fresh = Math.max(0, cached - start - uniqueTokens);
        uniqueTokens += fresh;
        if (role == Role.POLICY) {
            meter.add(Count.POLICY_TOKENS_DECODED, decoded);
        } else {
            meter.add(Count.PRM_TOKENS, decoded);
            meter.add(Count.PRM_TOKENS_UNIQUE, fresh);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            lane.closed(this);
            Sequence ridden = parent;
            if (ridden != null && ridden.common && tokens.isEmpty()) {
                ridden.leave(1);
            }
        }
    }
}
