package org.espalier.model;

import java.util.function.Predicate;

/** Refutes what a predicate does not hold for. */
record PredicateVerifier(Predicate<Candidate> holds) implements Verifier {
    @Override
    public double score(Candidate candidate) {
        return holds.test(candidate) ? 1 : 0;
    }

    @Override
    public boolean refutesOnly() {
        return true;
    }
}
