package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class RepetitionTest {
    /** How many tokens of a text are taken until it is found to be a loop; -1 if it never is. */
    private static int cutAfter(int length, IntUnaryOperator text) {
        Repetition repetition = new Repetition();
        for (int i = 0; i < length; i++) {
            if (repetition.isLoopWith(text.applyAsInt(i))) {
                return i + 1;
            }
        }
        return -1;
    }

    @Test
    void fourEqualStretchesOfAtLeastSixtyFourTokensAreALoop() {
        for (int stretch = 1; stretch <= 64; stretch++) {
            int period = stretch;
            assertThat(cutAfter(300, i -> i % period)).as("%d", stretch).isEqualTo(Math.max(64, 4 * stretch));
        }
        assertThat(cutAfter(1000, i -> i % 65)).isEqualTo(-1);
    }

    @Test
    void loopIsFoundWhereverItBegins() {
        assertThat(cutAfter(400, i -> i < 100 ? 1000 + i : i % 20)).isEqualTo(100 + 80);
    }

    @Test
    void countingIsNoLoop() {
        assertThat(cutAfter(2000, i -> i % 5 == 0 ? 100 + i : i % 5)).isEqualTo(-1);
        assertThat(cutAfter(63, i -> 0)).as("a row of zeros").isEqualTo(-1);
    }

    @Test
    void randomTextIsNoLoop() {
        Random random = new Random(5);
        assertThat(cutAfter(20_000, i -> random.nextInt(3))).isEqualTo(-1);
    }
}
