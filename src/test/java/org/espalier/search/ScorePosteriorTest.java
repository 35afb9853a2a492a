package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleSupplier;
import org.espalier.search.ScorePosterior.Belief.Beta;
import org.espalier.search.ScorePosterior.Belief.Gaussian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers are those of TreeQuest 0.3.3, after the scores .9, .2 and .7, and of SciPy's distribution functions. */
class ScorePosteriorTest {
    private static final int DRAWS = 20_000;

    private static ScorePosterior after(Posterior family, double... scores) {
        ScorePosterior posterior = new ScorePosterior(family);
        for (double score : scores) {
            posterior.observe(score);
        }
        return posterior;
    }

    @Test
    void gaussianIsThatOfTreeQuest() {
        assertGaussian(after(Posterior.GAUSSIAN), 0, 1, 1, .1);
        assertGaussian(after(Posterior.GAUSSIAN, .9), .45, 2, 2, .2525);
        assertGaussian(after(Posterior.GAUSSIAN, .9, .2), .3666666666666667, 3, 3, .1822222222222222);
        assertGaussian(after(Posterior.GAUSSIAN, .9, .2, .7), .45, 4, 4, .1575);
    }

    private static void assertGaussian(ScorePosterior posterior, double m, double kappa, double nu, double tauSquare) {
        Gaussian gaussian = (Gaussian) posterior.belief();
        assertThat(gaussian.m()).isCloseTo(m, within(1e-12));
        assertThat(gaussian.kappa()).isEqualTo(kappa);
        assertThat(gaussian.nu()).isEqualTo(nu);
        assertThat(gaussian.tauSquare()).isCloseTo(tauSquare, within(1e-12));
    }

    @Test
    void betaIsThatOfTreeQuest() {
        assertThat(after(Posterior.BETA).belief()).isEqualTo(new Beta(.5, .5));
        Beta beta = (Beta) after(Posterior.BETA, .9, .2, .7).belief();
        assertThat(beta.a()).isCloseTo(2.3, within(1e-12));
        assertThat(beta.b()).isCloseTo(1.7, within(1e-12));
    }

    /** μ has Student's t distribution. */
    @ParameterizedTest
    @CsvSource({".2, .1381039", ".45, .5", ".7, .8618961"})
    void gaussianIsDrawnByItsDistribution(double x, double probability) {
        RandomDraws random = new RandomDraws(1);
        ScorePosterior.Belief belief = after(Posterior.GAUSSIAN, .9, .2, .7).belief();
        assertShare(() -> belief.draw(random), x, probability);
    }

    @ParameterizedTest
    @CsvSource({
        ".1, .5, .5, .2048328",
        ".9, .5, .5, .7951672",
        ".1, 2.3, 1.7, .0117241",
        ".5, 2.3, 1.7, .3691214",
        ".9, 2.3, 1.7, .9389491"
    })
    void betaIsDrawnByItsDistribution(double x, double a, double b, double probability) {
        RandomDraws random = new RandomDraws(2);
        assertShare(() -> random.beta(a, b), x, probability);
    }

    @ParameterizedTest
    @CsvSource({
        ".1, .5, .3452792",
        "1, .5, .8427008",
        "3, .5, .9856941", //
        "1, 2.5, .1508550",
        "3, 2.5, .6937811"
    })
    void gammaIsDrawnByItsDistribution(double x, double shape, double probability) {
        RandomDraws random = new RandomDraws(3);
        assertShare(() -> random.gamma(shape), x, probability);
    }

    /** Five standard deviations of a share. */
    private static void assertShare(DoubleSupplier draw, double x, double probability) {
        int below = 0;
        for (int i = 0; i < DRAWS; i++) {
            below += draw.getAsDouble() <= x ? 1 : 0;
        }
        double deviation = Math.sqrt(probability * (1 - probability) / DRAWS);
        assertThat(below / (double) DRAWS).isCloseTo(probability, within(5 * deviation));
    }

    @Test
    void sameSeedSameDraws() {
        assertThat(new RandomDraws(7).normal()).isEqualTo(new RandomDraws(7).normal());
        assertThat(new RandomDraws(7).normal()).isNotEqualTo(new RandomDraws(8).normal());
    }
}
