package org.espalier.eval;

import org.espalier.search.SearchMethod;

/**
 * One method with one n over all problems: what a sweep runs and records as a whole.
 *
 * @param n completions; 1 for greedy
 */
public record SweepPoint(SearchMethod method, int n) {
    /** Such as "best-of-n 64". */
    @Override
    public String toString() {
        return method.cliName() + " " + n;
    }
}
