package org.espalier.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ScoreColoursTest {
    private static final Pattern AREA = Pattern.compile("\\.s\\d+\\{fill:#(..)(..)(..)}");
    private static final Pattern INK = Pattern.compile("\\.i\\d+\\{fill:#(..)(..)(..)}");

    private static List<Double> luminances(Pattern rule, boolean dark) {
        return rule.matcher(ScoreColours.rules(dark))
                .results()
                .map(match -> 0.2126 * linear(match.group(1))
                        + 0.7152 * linear(match.group(2))
                        + 0.0722 * linear(match.group(3)))
                .toList();
    }

    private static double linear(String hex) {
        double value = Integer.parseInt(hex, 16) / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    @Test
    void theOrderIsSeenWithoutTellingHuesApart() {
        assertThat(luminances(AREA, true)).hasSize(ScoreColours.STEPS + 1).isSorted();
        assertThat(luminances(AREA, false))
                .hasSize(ScoreColours.STEPS + 1)
                .isSortedAccordingTo((one, other) -> Double.compare(other, one));
    }

    @Test
    void theNumberIsLegibleOnItsColour() {
        for (boolean dark : new boolean[] {false, true}) {
            List<Double> areas = luminances(AREA, dark);
            List<Double> inks = luminances(INK, dark);
            for (int i = 0; i < areas.size(); i++) {
                double contrast =
                        (Math.max(areas.get(i), inks.get(i)) + 0.05) / (Math.min(areas.get(i), inks.get(i)) + 0.05);
                assertThat(contrast).as("contrast of step %d", i).isGreaterThan(4);
            }
        }
    }

    @Test
    void scoresOutsideTheScaleGetTheColoursOfItsEnds() {
        assertThat(List.of(ScoreColours.step(-3), ScoreColours.step(0.5), ScoreColours.step(7)))
                .containsExactly(0, 10, 20);
    }
}
