package org.espalier.eval;

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
        int n = onlyFirst + onlySecond;
        int fewer = Math.min(onlyFirst, onlySecond);
        double logTerm = -n * Math.log(2);
        double tail = Math.exp(logTerm);
        for (int k = 1; k <= fewer; k++) {
            logTerm += Math.log(n - k + 1) - Math.log(k);
            tail += Math.exp(logTerm);
        }
        return Math.min(1, 2 * tail);
    }
}
