package org.espalier.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ApportionmentTest {
    private static final double NONE = Double.NEGATIVE_INFINITY;

    private static double[] of(double... weights) {
        return weights;
    }

    @Test
    void exponentialsAreOfDifferencesToTheGreatest() {
        assertThat(Apportionment.exponentials(of(.9, .7, NONE), .2))
                .containsExactly(of(1, Math.exp(-1), 0), within(1e-12));
        assertThat(Apportionment.exponentials(of(NONE, NONE), .2))
                .as("nothing is scored")
                .containsExactly(1, 1);
        assertThat(Apportionment.exponentials(of(800, 0), 1)).as("no overflow").containsExactly(1, 0);
    }

    /** Of 4: 2.4, rounded up to 3. Of the 1 that is left .75, rounded up to 1. */
    @Test
    void roundedUpServesTheGreatestFirst() {
        assertThat(Apportionment.roundedUp(of(1, 3, 6), 4)).containsExactly(0, 1, 3);
        assertThat(Apportionment.roundedUp(of(1, 1, 1), 4)).as("ties").containsExactly(1, 1, 2);
        assertThat(Apportionment.roundedUp(of(.1, .2, .3), 6))
                .as("whole shares")
                .containsExactly(1, 2, 3);
    }

    /** Of 4: .4, 1.2 and 2.4; the one that is left goes to a remainder of .4. */
    @Test
    void byRemainderGivesWhatIsLeftToTheGreatestRemainders() {
        assertThat(Apportionment.byRemainder(of(1, 3, 6), 4)).containsExactly(1, 1, 2);
        assertThat(Apportionment.byRemainder(of(1, 1, 1), 4)).as("ties").containsExactly(2, 1, 1);
    }

    /** Pointers at .5, 1.5, 2.5 and 3.5, or at .9, …, on a line of pieces that end at .4, 1.6 and 4. */
    @Test
    void systematicPointersAreEquallySpaced() {
        assertThat(Apportionment.systematic(of(1, 3, 6), 4, .5)).containsExactly(0, 2, 2);
        assertThat(Apportionment.systematic(of(1, 3, 6), 4, .3)).containsExactly(1, 1, 2);
    }

    /** The authors' {@code select_softmax}, on candidates that are nearly as good as one another, and on far worse ones. */
    @Test
    void roundedUpDividesWhatIsLeftByTheWeightsThatAreLeft() {
        double[] near = Apportionment.exponentials(of(.95, .94, .93, .92), .2);
        double[] far = Apportionment.exponentials(of(.9, .5, .1), .2);

        assertThat(Apportionment.roundedUp(near, 4)).containsExactly(2, 1, 1, 0);
        assertThat(Apportionment.roundedUp(near, 16)).containsExactly(5, 4, 4, 3);
        assertThat(Apportionment.roundedUp(far, 16)).containsExactly(14, 2, 0);
    }

    @Test
    void sharesAreTheWholeAndNearlyProportional() {
        long seed = 20240800723L;
        Random random = new Random(seed);
        for (int trial = 0; trial < 2000; trial++) {
            double[] weights = random.doubles(1 + random.nextInt(9)).toArray();
            int total = 1 + random.nextInt(40);
            int[] up = Apportionment.roundedUp(weights, total);
            int[] near = Apportionment.byRemainder(weights, total);
            int[] drawn = Apportionment.systematic(weights, total, random.nextDouble());
            double sum = Arrays.stream(weights).sum();
            for (int[] shares : new int[][] {up, near, drawn}) {
                assertThat(Arrays.stream(shares).sum()).as("seed %d", seed).isEqualTo(total);
            }
            for (int i = 0; i < weights.length; i++) {
                double exact = total * weights[i] / sum;
                assertThat((double) near[i]).as("seed %d", seed).isCloseTo(exact, within(1.0));
                assertThat((double) drawn[i]).as("seed %d", seed).isCloseTo(exact, within(1.0));
                assertThat(up[i]).as("seed %d", seed).isBetween(0, (int) Math.ceil(exact));
            }
        }
    }
}
