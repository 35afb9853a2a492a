package org.espalier.eval;

import org.espalier.search.SearchMethod;

/**
 * A run of a sweep: one method with one n over all problems.
 *
 * @param n completions; 1 for greedy
 */
public record Cell(SearchMethod method, int n) {
    /** Such as "best-of-n 64". */
    @Override
    public String toString() {
        return method.cliName() + " " + n;
    }
}
