package org.espalier.search;

import java.util.concurrent.CompletableFuture;
import org.espalier.model.Closer;
import org.espalier.model.Prefix;
import org.espalier.model.ProcessRewardModel.Judgement;
import org.jspecify.annotations.Nullable;

/**
 * The policy's prefix and the PRM's judgement at a node's place. Each is closed as soon as nothing more can be asked of it:
 * the prefix when the last child has been asked for and the node's own step is judged, the judgement when the children are
 * judged as well.
 *
 * <pre>
 *  open ── retire ──► retired ── settleJudgement ──► prefix closed ── children judged ──► judgement closed
 *       └─ settleJudgement ──► judged ── retire ──┘
 * </pre>
 *
 * <p>{@link #close} closes both at any time, and what still arrives.
 */
final class NodeResources {
    /** Stands for a prefix that was closed. */
    static final Prefix CLOSED = () -> {};

    private final @Nullable NodeResources parent;
    private final CompletableFuture<Void> judged = new CompletableFuture<>();
    private Prefix prefix = CLOSED;
    private @Nullable Judgement judgement;
    private int unjudgedChildren;
    private boolean retired;
    private boolean closed;

    /** @param parent of the node's parent; null for the root */
    NodeResources(@Nullable NodeResources parent) {
        this.parent = parent;
        if (parent != null) {
            parent.unjudgedChildren++;
        }
    }

    void hold(Prefix open) {
        prefix = open;
        if (closed) {
            closePrefix();
        }
    }

    void hold(Judgement open) {
        judgement = open;
        if (closed) {
            closeJudgement();
        }
    }

    Prefix prefix() {
        return prefix;
    }

    /** Null if the node was not judged, or nobody may ask for judgements that follow it any more. */
    @Nullable
    Judgement judgement() {
        return judgement;
    }

    /** Completes when the node's judgement is there, or never will be. */
    CompletableFuture<Void> judged() {
        return judged;
    }

    /** The node's judgement is there, or never will be. */
    void settleJudgement() {
        if (judged.complete(null)) {
            if (parent != null) {
                parent.unjudgedChildren--;
                parent.closeUnneeded();
            }
            closeUnneeded();
        }
    }

    /** No more children will be asked for. */
    void retire() {
        retired = true;
        closeUnneeded();
    }

    private void closeUnneeded() {
        if (retired && judged.isDone()) {
            closePrefix();
            if (unjudgedChildren == 0) {
                closeJudgement();
            }
        }
    }

    /** Closes what is open, needed or not, and what still arrives. */
    void close() {
        closed = true;
        Closer closer = new Closer();
        closer.add(this::closeJudgement);
        closer.add(this::closePrefix);
        closer.close();
    }

    private void closePrefix() {
        Prefix closing = prefix;
        prefix = CLOSED;
        closing.close();
    }

    private void closeJudgement() {
        if (judgement != null) {
            Judgement closing = judgement;
            judgement = null;
            closing.close();
        }
    }
}
