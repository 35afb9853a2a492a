package org.espalier.engine;

/**
 * Where in a grammar the text of a sequence has come to. A branch has a place of its own, which begins as its parent's.
 * Engine thread only.
 */
final class GrammarPlace {
    private final Grammars.Use use;

    /** By its number; the runner's. Written as tokens are taken, by {@link SampledTokens} alone. */
    int state;

    GrammarPlace(Grammars.Use use) {
        this(use, 0);
    }

    private GrammarPlace(Grammars.Use use, int state) {
        this.use = use;
        this.state = state;
        use.enter();
    }

    /** Another place, which is the same now. */
    GrammarPlace fork() {
        return new GrammarPlace(use, state);
    }

    int grammar() {
        return use.number();
    }

    /** Why no token is allowed here, in a line. */
    String fault() {
        return use.fault();
    }

    /** The sequence is closed. */
    void leave() {
        use.leave();
    }
}
