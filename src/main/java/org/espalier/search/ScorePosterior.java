package org.espalier.search;

import org.espalier.search.ScorePosterior.Belief.Beta;
import org.espalier.search.ScorePosterior.Belief.Gaussian;

/**
 * What is believed of the mean of some scores after those that were seen. The priors are those of TreeQuest ({@code
 * ab_mcts_a/prob_state.py}), which are the paper's.
 */
final class ScorePosterior {
    private static final double KAPPA = 1;
    private static final double NU = 1;
    private static final double TAU_SQUARE = 0.1;
    /** Of Jeffreys' prior. */
    private static final double HALF = 0.5;

    private final Posterior family;
    private int count;
    private double mean;
    /** Sum of the squared distances from the mean. */
    private double squares;

    ScorePosterior(Posterior family) {
        this.family = family;
    }

    /** A distribution of the mean. */
    sealed interface Belief {
        double draw(RandomDraws random);

        /**
         * Normal scores with conjugate priors, whose variance is from the inverse χ² distribution (Murphy 2023, §3.4.3.3).
         *
         * @param kappa how many scores the mean is worth
         * @param nu how many the variance is worth
         */
        record Gaussian(double m, double kappa, double nu, double tauSquare) implements Belief {
            @Override
            public double draw(RandomDraws random) {
                double variance = nu * tauSquare / 2 / random.gamma(nu / 2);
                return m + Math.sqrt(variance / kappa) * random.normal();
            }
        }

        /** Successes and failures. */
        record Beta(double a, double b) implements Belief {
            @Override
            public double draw(RandomDraws random) {
                return random.beta(a, b);
            }
        }
    }

    /** @param score from 0 to 1 */
    void observe(double score) {
        count++;
        double distance = score - mean;
        mean += distance / count;
        squares += distance * (score - mean);
    }

    Belief belief() {
        return switch (family) {
            case GAUSSIAN -> {
                double kappa = KAPPA + count;
                double nu = NU + count;
                double fromPrior = count * KAPPA / kappa * mean * mean;
                yield new Gaussian(count * mean / kappa, kappa, nu, (NU * TAU_SQUARE + squares + fromPrior) / nu);
            }
            case BETA -> new Beta(HALF + count * mean, HALF + count * (1 - mean));
        };
    }
}
