package org.espalier.engine;

/** A runner's grammars, by their text. Engine thread only. */
final class Grammars {
    private final ModelRunner runner;
    private final Opened<String> opened;

    Grammars(ModelRunner runner) {
        this.runner = runner;
        opened = new Opened<>(runner::openGrammar, runner::closeGrammar);
    }

    /**
     * Returns a place at the beginning of a grammar.
     *
     * @throws org.espalier.model.UsageException if it is no grammar
     */
    GrammarPlace begin(String text) {
        return new GrammarPlace(this, opened.of(text));
    }

    /** Why a grammar allows no token, in a line. */
    String fault(int grammar) {
        String own = runner.grammarFault(grammar);
        return own.isEmpty()
                ? "the grammar allows no token of the policy's vocabulary here: it asks for characters that the policy"
                        + " cannot write"
                : own;
    }
}
