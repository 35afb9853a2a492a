package org.espalier.eval;

import org.espalier.search.Wilson;

/** Estimators of what a sample of problems says. Stateless. */
final class Estimates {
    private Estimates() {}

    /** Where a share lies with a confidence of 95 %. */
    record Interval(double low, double high) {}

    /**
     * {@link Wilson}'s interval. Unlike a bootstrap it does not shrink to a point where all problems or none are
     * solved. For a mean of values between 0 and 1, such as pass@k, it is wider than need be.
     *
     * @param share 0 to 1
     * @param count of problems, 1 or more
     */
    static Interval wilson(double share, int count) {
        Wilson wilson = Wilson.of(share, count);
        return new Interval(wilson.low(), wilson.high());
    }

    /**
     * The unbiased estimate of pass@k (Chen et al. 2021, arXiv 2107.03374, §2.1): the probability that one of k samples is
     * right, from n samples of which c are.
     *
     * @param k at most n
     */
    static double passAtK(int n, int c, int k) {
        if (n - c < k) {
            return 1;
        }
        double allWrong = 1;
        for (int i = n - c + 1; i <= n; i++) {
            allWrong *= 1 - (double) k / i;
        }
        return 1 - allWrong;
    }
}
