package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopTextsTest {
    private static boolean add(StopTexts stops, String piece) {
        return stops.add(piece.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aTextIsFoundOverTheBordersOfTokens() {
        StopTexts stops = new StopTexts(List.of("\nUser:"), "");
        assertThat(add(stops, "It is 5.")).isFalse();
        assertThat(stops.held()).isZero();
        assertThat(add(stops, "\nU")).isFalse();
        assertThat(stops.held()).isEqualTo(2);
        assertThat(add(stops, "ser")).isFalse();
        assertThat(add(stops, ": and")).isTrue();
        assertThat(stops.found()).isEqualTo("\nUser:");
        assertThat(stops.end()).isEqualTo("It is 5.".length());
        assertThat(stops.before()).isZero();
    }

    @Test
    void ofSeveralTheOneThatBeginsFirstEndsTheReply() {
        StopTexts stops = new StopTexts(List.of("never", "c", "bcd"), "");
        assertThat(add(stops, "a")).isFalse();
        assertThat(add(stops, "bcde")).isTrue();
        assertThat(stops.found()).isEqualTo("bcd");
        assertThat(stops.end()).isEqualTo(1);
    }

    @Test
    void aTextMayBeginInTheStepBefore() {
        StopTexts stops = new StopTexts(List.of("\n\nUser", "é\n\nMe"), "that is café\n\n");
        assertThat(stops.held()).isEqualTo(4);
        assertThat(add(stops, "Me")).isTrue();
        assertThat(stops.found()).isEqualTo("é\n\nMe");
        assertThat(stops.end()).isZero();
        assertThat(stops.before()).as("in characters").isEqualTo(3);
    }

    @Test
    void whatIsWhollyInAnEarlierStepIsPassedOver() {
        StopTexts stops = new StopTexts(List.of("a", "something longer"), "a");
        assertThat(add(stops, "b")).isFalse();
        assertThat(add(stops, "xa")).isTrue();
        assertThat(stops.end()).isEqualTo(2);
    }

    /** Texts of two letters in tokens of any length, against a search in the whole text. */
    @Test
    void findsWhatASearchInTheWholeTextFinds() {
        long seed = 20261130;
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            List<String> wanted =
                    List.of(letters(random, 1 + random.nextInt(6)), letters(random, 2 + random.nextInt(4)));
            StopTexts stops = new StopTexts(wanted, "");
            StringBuilder text = new StringBuilder();
            boolean found = false;
            while (!found && text.length() < 40) {
                String piece = letters(random, random.nextInt(4));
                text.append(piece);
                found = add(stops, piece);
                int first = wanted.stream()
                        .mapToInt(text::indexOf)
                        .filter(at -> at >= 0)
                        .min()
                        .orElse(-1);
                assertThat(found).as("seed %d, %s in %s", seed, wanted, text).isEqualTo(first >= 0);
                if (found) {
                    assertThat(stops.end()).isEqualTo(first);
                }
            }
        }
    }

    private static String letters(Random random, int length) {
        return random.ints(length, 'a', 'c')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
