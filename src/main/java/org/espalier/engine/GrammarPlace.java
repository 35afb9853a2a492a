package org.espalier.engine;

/**
 * Where in a grammar the text of a sequence has come to. A branch has a place of its own, which begins as its parent's.
 * Engine thread only.
 */
final class GrammarPlace {
    private final Grammars grammars;
    private final Opened.Use use;

    /** By its number; the runner's. Written as tokens are taken, by {@link SampledTokens} alone. */
    int state;

    GrammarPlace(Grammars grammars, Opened.Use use) {
        this(grammars, use, 0);
    }

    private GrammarPlace(Grammars grammars, Opened.Use use, int state) {
        this.grammars = grammars;
        this.use = use;
        this.state = state;
        use.enter();
    }

    /** Another place, which is the same now. */
    GrammarPlace fork() {
        return new GrammarPlace(grammars, use, state);
    }

    int grammar() {
        return use.number();
    }

    /** Why no token is allowed here, in a line. */
    String fault() {
        return grammars.fault(use.number());
    }

    /** The sequence is closed. */
    void leave() {
        use.leave();
    }
}
