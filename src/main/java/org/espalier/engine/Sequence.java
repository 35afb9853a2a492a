package org.espalier.engine;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import org.espalier.model.Meter;
import org.espalier.model.Meter.Count;
import org.espalier.model.Prefix;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's handle on the KV cache: the tokens it adds after its parent's, which of them are in the cache ({@code
 * KvCache.Cells}, written by the cache alone), and what is asked of it ({@code Demand}, written by the scheduler
 * alone).
 *
 * <p>Only a sequence itself computes its own tokens' cells, under its own sequence id; children share them. A parked
 * sequence may lose its id and its cells, and gets them back when it is needed. Closing releases the cells as soon as
 * no child waits to share them. Engine thread only.
 */
public final class Sequence implements Prefix {
    /** On whose account the tokens are counted. */
    public enum Role {
        POLICY,
        PRM
    }

    final Meter meter;
    final Role role;
    final KvCache.Cells cells = new KvCache.Cells();
    final Demand demand = new Demand();
    /** The tokens after the parent's. They grow while the sequence is written: by {@link SampledTokens} alone. */
    final IntArrayList tokens = new IntArrayList();

    /** The branches that write here together; null where one alone does. */
    final @Nullable Followers followers;

    /** Where its text is in a grammar that constrains it; null without one. */
    final @Nullable GrammarPlace grammar;

    private final Lane lane;
    private @Nullable Sequence parent;
    private int start;
    /** Of the prompt's end, which a root has. */
    private int replyStart;

    private boolean closed;

    Sequence(Lane lane, @Nullable Sequence parent, Meter meter, Role role) {
        this(lane, parent, meter, role, null, null);
    }

    /** @param grammar of its text; null for none */
    Sequence(Lane lane, @Nullable Sequence parent, Meter meter, Role role, @Nullable GrammarPlace grammar) {
        this(lane, parent, meter, role, null, grammar);
    }

    private Sequence(
            Lane lane,
            @Nullable Sequence parent,
            Meter meter,
            Role role,
            @Nullable Followers followers,
            @Nullable GrammarPlace grammar) {
        this.lane = lane;
        this.parent = parent;
        this.meter = meter;
        this.role = role;
        this.followers = followers;
        this.grammar = grammar;
        start = parent == null ? 0 : parent.length();
        replyStart = parent == null ? 0 : parent.replyStart;
    }

    /** A child that several branches {@linkplain #follow follow}, which have drawn the same first token. */
    static Sequence shared(Sequence parent, int token) {
        Sequence shared = new Sequence(parent.lane, parent, parent.meter, parent.role, new Followers(), null);
        shared.tokens.add(token);
        return shared;
    }

    /** Moves a branch, which has no tokens of its own, to the end of a shared sequence. */
    void follow(Sequence shared) {
        if (parent != shared) {
            parent = shared;
            shared.join();
        }
        start = shared.length();
    }

    /** Counts a branch in, if this is shared. */
    void join() {
        if (followers != null) {
            followers.join();
        }
    }

    /** Counts branches out, if this is shared: they go on by themselves, or are closed. The last one closes it. */
    void leave(int leaving) {
        if (followers != null && followers.leave(leaving)) {
            close();
        }
    }

    /** Takes note that another sequence begins where this one ends now: if it is shared, it grows no more. */
    void fork() {
        if (followers != null) {
            followers.fork();
        }
    }

    /** The sequence whose tokens come before these; null for a root. */
    @Nullable
    Sequence parent() {
        return parent;
    }

    /** Position of the first own token. */
    int start() {
        return start;
    }

    /** Position at which the reply begins that the sequence is a part of. */
    int replyStart() {
        return replyStart;
    }

    /** The prompt ends here: what is written from here on is a reply to it. */
    void endPrompt() {
        replyStart = length();
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
        return length() - cells.end();
    }

    /** Returns whether its run has reached a limit. A meter that cannot say whether its run may go on ends it. */
    boolean isExceeded() {
        try {
            return meter.exceeded().isPresent();
        } catch (RuntimeException | Error e) {
            log().error("a run ends because its budget cannot be read", e);
            meter.cancel();
            return true;
        }
    }

    /** Returns whether another sequence is this one or on the path to it. */
    boolean isOrFollows(Sequence other) {
        Sequence sequence = this;
        while (sequence != null && sequence != other) {
            sequence = sequence.parent;
        }
        return sequence != null;
    }

    /** This sequence or the nearest ancestor whose tokens are all in the cache; null if there is none. */
    @Nullable
    Sequence nearestHeld() {
        Sequence sequence = this;
        while (sequence != null && !sequence.cells.isHeld()) {
            sequence = sequence.parent;
        }
        return sequence;
    }

    /** Tokens that must be computed before this sequence is in the cache, its ancestors' included. */
    int missing() {
        if (cells.hasId()) {
            return pending();
        }
        Sequence held = nearestHeld();
        return length() - (held == null ? 0 : held.length());
    }

    /** Returns whether it has been closed: nothing more may be asked of it. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Counts tokens of this sequence that have been decoded.
     *
     * @param fresh those of them that had never been in the cache
     */
    void count(int decoded, int fresh) {
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
            if (grammar != null) {
                grammar.leave();
            }
            lane.closed(this);
            if (parent != null && tokens.isEmpty()) {
                parent.leave(1);
            }
        }
    }

    /** Asked for only where something is to be said: what logs takes a part of a start to come up. */
    private static Logger log() {
        return LoggerFactory.getLogger(Sequence.class);
    }
}
