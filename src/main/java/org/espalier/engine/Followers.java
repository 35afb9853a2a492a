package org.espalier.engine;

/**
 * The branches that write one shared sequence together for as long as they draw the same tokens. What they have in
 * common is computed once; each still draws with its own random stream, so that every one writes what it would have
 * written alone.
 *
 * <pre>
 *   Three branches have drawn "a b c" after a prompt. The shared sequence has the tokens; a follower has none of its own,
 *   and its parent is the shared sequence:
 *
 *       prompt ── a b c ◄── 1, 2, 3 follow
 *
 *   1 and 2 draw d, 3 draws e. Both go on from the shared sequence's end, so it is forked and grows no more: 1 and 2
 *   leave it and follow a new shared sequence, 3 leaves it and has tokens of its own from here on.
 *
 *       prompt ── a b c ──┬── d ◄── 1, 2 follow
 *                         └── e     3
 *
 *   1 ends its step with d: it follows for as long as its step is open, and stays where it ended.
 *   Nobody follows "a b c" any more: it is closed, and lives on as the prefix of what goes on from it.
 * </pre>
 *
 * Engine thread only.
 */
final class Followers {
    /** Branches that write here, or have ended here and are open. */
    private int open;

    private boolean forked;

    /** Counts a branch in. */
    void join() {
        open++;
    }

    /**
     * Counts branches out: they go on by themselves, or are closed.
     *
     * @return whether nobody follows any more, so that the shared sequence is to be closed
     */
    boolean leave(int leaving) {
        open -= leaving;
        return open == 0;
    }

    /** Takes note that another sequence begins where the shared one ends now: it must not grow any more. */
    void fork() {
        forked = true;
    }

    /**
     * Returns whether a token that so many of them have drawn can be appended to the shared sequence: they are all that
     * follow it.
     */
    boolean mayGrowWith(int drawn) {
        return !forked && open == drawn;
    }
}
