package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepTextTest {
    private static int piecesUntilDelimiter(StepText text, String... pieces) {
        for (int i = 0; i < pieces.length; i++) {
            if (text.append(pieces[i].getBytes(StandardCharsets.UTF_8))) {
                return i + 1;
            }
        }
        return -1;
    }

    @Test
    void findsADelimiterInsideOneTokenAndAcrossTwo() {
        assertThat(piecesUntilDelimiter(new StepText(List.of("\n\n"), false), "a", ".\n\n", "b"))
                .isEqualTo(2);
        assertThat(piecesUntilDelimiter(new StepText(List.of("\n\n"), false), "a", ".\n", "\n", "b"))
                .isEqualTo(3);
        assertThat(piecesUntilDelimiter(new StepText(List.of("\n\n"), false), "a", "\n", "b", "\n", "c"))
                .isEqualTo(-1);
    }

    @Test
    void anyOfSeveralDelimitersEndsIt() {
        List<String> stops = List.of("</think>", "Step 3:");
        assertThat(piecesUntilDelimiter(new StepText(stops, true), "a Step ", "3", ": b"))
                .isEqualTo(3);
        assertThat(piecesUntilDelimiter(new StepText(stops, true), "a", "</", "thin", "k", ">\n"))
                .isEqualTo(5);
        assertThat(piecesUntilDelimiter(new StepText(stops, true), "Step 2: ", "</thin>", "Step", " 3"))
                .isEqualTo(-1);
        assertThat(piecesUntilDelimiter(new StepText(List.of(), true), "Step 3:", "</think>"))
                .isEqualTo(-1);
    }

    @Test
    void aBlankStepEndsOnlyWhereItMay() {
        assertThat(piecesUntilDelimiter(new StepText(List.of("\n\n"), false), "\n\n", " \n\n", "a", "\n\n"))
                .isEqualTo(4);
        assertThat(piecesUntilDelimiter(new StepText(List.of("\n\n"), true), "\n\n", "a"))
                .isEqualTo(1);
    }

    @Test
    void keepsTheWholeTokenThatRunsPastTheDelimiter() {
        StepText text = new StepText(List.of("\n\n"), false);
        assertThat(piecesUntilDelimiter(text, "x", "\n\n\n#")).isEqualTo(2);
        assertThat(text).hasToString("x\n\n\n#");
    }

    @Test
    void joinsBytesOfOneCharacter() {
        StepText text = new StepText(List.of("\n\n"), false);
        byte[] euro = "€".getBytes(StandardCharsets.UTF_8);
        for (byte b : euro) {
            text.append(new byte[] {b});
        }
        assertThat(text).hasToString("€");
    }

    @Test
    void tellsOnlyWholeCharacters() {
        StepText text = new StepText(List.of(), true);
        List<String> told = new ArrayList<>();
        for (byte b : "aé€𝄞z".getBytes(StandardCharsets.UTF_8)) {
            text.append(new byte[] {b});
            told.add(text.nextWhole(0));
        }
        assertThat(told).containsExactly("a", "", "é", "", "", "€", "", "", "", "𝄞", "z");
        text.append(new byte[] {(byte) 0xE2});
        assertThat(text.nextWhole(0)).isEmpty();
        text.append("x".getBytes(StandardCharsets.UTF_8));
        assertThat(text.nextWhole(0)).isEqualTo("\uFFFDx");
    }
}
