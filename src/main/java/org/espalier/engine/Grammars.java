package org.espalier.engine;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A runner's grammars, each of which is there once. One that nobody uses stays for a while, with all that was found out
 * about it: the same schema is often asked for again. Engine thread only.
 */
final class Grammars {
    private static final int MOST_UNUSED = 16;

    private final ModelRunner runner;
    /** By their text, those that were used last at the end. */
    private final Map<String, Use> open = new LinkedHashMap<>(16, 0.75f, true);

    Grammars(ModelRunner runner) {
        this.runner = runner;
    }

    /** A grammar, and how many places there are in it. */
    final class Use {
        private final int number;
        private int places;

        private Use(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        void enter() {
            places++;
        }

        void leave() {
            places--;
        }

        String fault() {
            String own = runner.grammarFault(number);
            return own.isEmpty()
                    ? "the grammar allows no token of the policy's vocabulary here: it asks for characters that the policy"
                            + " cannot write"
                    : own;
        }
    }

    /**
     * Returns a place at the beginning of a grammar.
     *
     * @throws org.espalier.model.UsageException if it is no grammar
     */
    GrammarPlace begin(String text) {
        Use use = open.get(text);
        if (use == null) {
            closeUnused();
            use = new Use(runner.openGrammar(text));
            open.put(text, use);
        }
        return new GrammarPlace(use);
    }

    private void closeUnused() {
        long unused = open.values().stream().filter(use -> use.places == 0).count();
        for (Iterator<Use> uses = open.values().iterator(); unused >= MOST_UNUSED && uses.hasNext(); ) {
            Use use = uses.next();
            if (use.places == 0) {
                runner.closeGrammar(use.number);
                uses.remove();
                unused--;
            }
        }
    }
}
