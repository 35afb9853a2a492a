package org.espalier.picture;

import java.util.ArrayList;
import java.util.List;

/**
 * What is drawn as one node.
 *
 * @param members ids of the nodes that it stands for, at least one
 * @param shown the one of them whose text and score are drawn
 * @param onPath whether the path that gave the answer goes through here
 * @param children in their order; filled and folded while the outline is made
 */
record Branch(Kind kind, int depth, List<Integer> members, int shown, boolean onPath, List<Branch> children) {
    /** What a branch is to who looks at it. */
    enum Kind {
        PROBLEM,
        /** The path went on from here. */
        STEP,
        /** Cut off, or never decided about. */
        PRUNED,
        /** The end of a completion that votes. */
        COMPLETION,
        /** The end of a path that a limit kept from being finished. */
        UNFINISHED,
        /** Pruned steps that are not drawn one by one. */
        FOLDED_PRUNED,
        /** Other branches that are not drawn one by one. */
        FOLDED_REST
    }

    Branch(Kind kind, int depth, List<Integer> members, int shown, boolean onPath) {
        this(kind, depth, members, shown, onPath, new ArrayList<>());
    }

    boolean isFolded() {
        return kind == Kind.FOLDED_PRUNED || kind == Kind.FOLDED_REST;
    }

    /** Whether it ends a completion, finished or not. */
    boolean isEnd() {
        return kind == Kind.COMPLETION || kind == Kind.UNFINISHED;
    }
}
