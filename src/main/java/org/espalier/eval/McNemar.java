package org.espalier.eval;

import org.apache.commons.numbers.gamma.RegularizedBeta;

/** McNemar's test (1947) of two ways to solve the same problems, exact: the binomial of the problems that only one solves. */
final class McNemar {
    private McNemar() {}

    /**
     * The two-sided p: how likely a difference as large as this is where there is none.
     *
     * @param onlyFirst problems that only the first solves
     * @param onlySecond problems that only the second solves
     */
    static double p(int onlyFirst, int onlySecond) {
        int fewer = Math.min(onlyFirst, onlySecond);
        int more = Math.max(onlyFirst, onlySecond);
        // The lower tail of the binomial with n = fewer + more and p = 1/2, which the beta function gives exactly.
        return more == fewer ? 1 : Math.min(1, 2 * RegularizedBeta.value(0.5, more, fewer + 1.0));
    }
}
