package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StepPartsTest {
    private static final String DELIMITER = "\n\n";

    @Test
    void whatFollowsTheDelimiterIsLeft() {
        assertThat(StepParts.of("", "A \n\n", DELIMITER)).isEqualTo(new StepParts(List.of("A "), ""));
        assertThat(StepParts.of("", "A\n\n\n", DELIMITER)).isEqualTo(new StepParts(List.of("A"), "\n"));
        assertThat(StepParts.of("\n", "B\n", DELIMITER)).isEqualTo(new StepParts(List.of("\nB\n"), ""));
        assertThat(StepParts.of("\n\n", "B", DELIMITER)).isEqualTo(new StepParts(List.of("", "B"), ""));
        assertThat(StepParts.of("\n\n", "", DELIMITER)).isEqualTo(new StepParts(List.of("", ""), ""));
    }

    @Test
    void blankPartsAndDelimitersWithinAStepAreFedAsAskedFor() {
        StepParts parts = StepParts.of("\n\n", "B:\n\n\n\nb\n\n", DELIMITER);
        assertThat(parts.parts()).containsExactly("", "B:", "", "b");
        assertThat(parts.afterBlanks(DELIMITER).parts()).containsExactly("", "B:\n\n\n\nb");
        assertThat(parts.whole(DELIMITER).parts()).containsExactly("\n\nB:\n\n\n\nb");
    }

    /** However a solution came in steps, their parts are those of the whole. */
    @Test
    void theStepsPartsAreThoseOfTheSolutionSplitAtOnce() {
        SplittableRandom random = new SplittableRandom(19);
        String[] pieces = {"A", "b ", " ", "\t", "\n", "\n\n", "\r\n", "\u00a0", "\n\n\n"};
        for (int run = 0; run < 2000; run++) {
            List<String> fed = new ArrayList<>();
            StringBuilder solution = new StringBuilder();
            String rest = "";
            int steps = random.nextInt(1, 5);
            for (int step = 0; step < steps; step++) {
                StringBuilder text = new StringBuilder();
                for (int i = random.nextInt(4); i > 0; i--) {
                    text.append(pieces[random.nextInt(pieces.length)]);
                }
                text.append("x\n\n").append("\n".repeat(random.nextInt(3)));
                StepParts parts = StepParts.of(rest, text.toString(), DELIMITER);
                fed.addAll(parts.parts());
                rest = parts.rest();
                solution.append(text);
            }
            fed.addAll(StepParts.of(rest, "", DELIMITER).parts());
            assertThat(fed).isEqualTo(Arrays.asList(solution.toString().split(DELIMITER, -1)));
        }
    }
}
