package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.eval.Calibration.Bin;
import org.espalier.eval.Calibration.Judged;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    /** Right: .9, .8, .9, .4, .7 (twice), .6. Wrong: .1, .7, .3. */
    private static final List<Judged> SOLUTIONS = List.of(
            new Judged(List.of(.9, .8), -1),
            new Judged(List.of(.9, .4), -1),
            new Judged(List.of(.7, .1), 1),
            new Judged(List.of(.7, .6, .7), 2),
            new Judged(List.of(.3), 0),
            new Judged(List.of(.9, Double.NaN), -1));

    private final Calibration found = Calibration.of(SOLUTIONS, .5);

    @Test
    void stepsUpToTheFirstErrorCount() {
        assertThat(found.solutions()).isEqualTo(5);
        assertThat(found.unjudged()).isEqualTo(1);
        assertThat(found.rightSteps()).isEqualTo(7);
        assertThat(found.wrongSteps()).isEqualTo(3);
        assertThat(found.rightPassed()).isEqualTo(6.0 / 7);
        assertThat(found.wrongFound()).isEqualTo(2.0 / 3);
        assertThat(found.balancedAccuracy()).isCloseTo((6.0 / 7 + 2.0 / 3) / 2, within(1e-12));
    }

    @Test
    void solutionsAreJudgedByTheFirstStepBlamed() {
        assertThat(found.firstErrorLocated()).isEqualTo(2.0 / 3);
        assertThat(found.cleanPassed()).isEqualTo(.5);
        assertThat(found.f1()).isCloseTo(4.0 / 7, within(1e-12));
    }

    @Test
    void equalScoresCountHalf() {
        // All 7 right ones beat .1 and .3; .9, .9, .8 beat .7, and two are its equal.
        assertThat(found.auroc()).isCloseTo((7 + 7 + 3 + 1) / 21.0, within(1e-12));
    }

    @Test
    void scoresAreComparedWithShares() {
        assertThat(found.bins()).contains(new Bin(.9, 1, 2, .9, 1));
        Bin seven =
                found.bins().stream().filter(bin -> bin.low() == .7).findFirst().orElseThrow();
        assertThat(seven.steps()).isEqualTo(3);
        assertThat(seven.right()).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(found.brier())
                .isCloseTo((.01 + .04 + .01 + .36 + .09 + .01 + .09 + .16 + .49 + .09) / 10, within(1e-12));
        // .1 (wrong), .3 (wrong), .4, .6, three of .7 of which two are right, .8, and .9 twice.
        assertThat(found.calibrationError())
                .isCloseTo((.1 + .3 + .6 + .4 + 3 * (.7 - 2.0 / 3) + .2 + 2 * .1) / 10, within(1e-9));
    }

    @Test
    void theThresholdDecides() {
        Calibration strict = Calibration.of(SOLUTIONS, .75);
        assertThat(strict.wrongFound()).isEqualTo(1);
        assertThat(strict.rightPassed()).isEqualTo(3.0 / 7);
        assertThat(strict.firstErrorLocated()).isEqualTo(1.0 / 3);
    }
}
