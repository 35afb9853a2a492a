package org.espalier.eval;

/** Estimators of what a sample of problems says. Stateless. */
final class Estimates {
    /** Of the normal distribution, for 95 %. */
    private static final double Z = 1.959963984540054;

    private Estimates() {}

    /** Where a share lies with a confidence of 95 %. */
    record Interval(double low, double high) {}

    /**
     * Wilson's score interval (1927). Unlike a bootstrap it does not shrink to a point where all problems or none are
     * solved. For a mean of values between 0 and 1, such as pass@k, it is wider than need be.
     *
     * @param share 0 to 1
     * @param count of problems, 1 or more
     */
    static Interval wilson(double share, int count) {
        double z2 = Z * Z;
        double middle = share + z2 / (2 * count);
        double half = Z * Math.sqrt(share * (1 - share) / count + z2 / (4.0 * count * count));
        double scale = 1 + z2 / count;
        return new Interval(Math.max(0, (middle - half) / scale), Math.min(1, (middle + half) / scale));
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
