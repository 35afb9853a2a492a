package org.espalier.search;

/**
 * Random numbers of several distributions, in one stream that no node draws tokens from. The same seed gives the same numbers
 * on every machine.
 */
final class RandomDraws {
    private final long seed;
    private int draws;

    RandomDraws(long seed) {
        this.seed = seed;
    }

    /** Above 0 and up to 1. */
    private double uniform() {
        return 1 - Seeds.uniform(seed, draws++);
    }

    /** Of mean 0 and variance 1 (Box and Muller 1958). */
    double normal() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform()));
        return radius * StrictMath.cos(2 * Math.PI * uniform());
    }

    /**
     * Of the gamma distribution with scale 1 (Marsaglia and Tsang 2000).
     *
     * @param shape above 0
     */
    double gamma(double shape) {
        if (shape < 1) {
            return gamma(shape + 1) * StrictMath.pow(uniform(), 1 / shape);
        }
        double d = shape - 1.0 / 3;
        double c = 1 / StrictMath.sqrt(9 * d);
        while (true) {
            double x = normal();
            double v = 1 + c * x;
            if (v <= 0) {
                continue;
            }
            double cube = v * v * v;
            if (StrictMath.log(uniform()) < x * x / 2 + d - d * cube + d * StrictMath.log(cube)) {
                return d * cube;
            }
        }
    }

    /** Of the beta distribution. */
    double beta(double a, double b) {
        double x = gamma(a);
        return x / (x + gamma(b));
    }
}
