package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotingTest {
    private static String printed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream stream = new QuotingStream(new PrintStream(bytes, false, StandardCharsets.UTF_8));
        stream.print(text);
        stream.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 0x1b, 0x7f, 0x80, 0x9b})
    void controlCharactersAreSpelt(int code) {
        String character = Character.toString(code);
        String spelt = String.format("\\u%04x", code);
        assertThat(Quoting.text("a" + character + "[31mb")).isEqualTo("a" + spelt + "[31mb");
        assertThat(printed("a" + character + "[31mb")).isEqualTo("a" + spelt + "[31mb");
    }

    @Test
    void whatTurnsTheDirectionOfWritingIsSpelt() {
        for (char character : "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069".toCharArray()) {
            assertThat(Quoting.line("x" + character)).isEqualTo(String.format("x\\u%04x", (int) character));
            assertThat(printed("x" + character)).isEqualTo(String.format("x\\u%04x", (int) character));
        }
    }

    @Test
    void textStaysAsItIs() {
        String text =
                "a\tb\n\u00bd \u00d7 12 = \u222b \u2014 \u05e9\u05dc\u05d5\u05dd \u00a0\u200d \ud83d\ude00 \u2070\u20ac\r\n";
        assertThat(printed(text)).isEqualTo(text);
        assertThat(Quoting.text("a\tb\n\u222b")).isEqualTo("a\tb\n\u222b");
    }

    @Test
    void aLineHasNoFurtherLines() {
        assertThat(Quoting.line("a\nb\tc\rd")).isEqualTo("a\\nb\\tc\\rd");
        // What would write over the line, but not what ends it.
        assertThat(printed("safe\rgone\r\n")).isEqualTo("safe\\rgone\r\n");
    }

    /** The stream finds in bytes, wherever they are cut, what is found in characters. */
    @Test
    void theStreamQuotesLikeTheText() throws Exception {
        long seed = 20261129;
        Random random = new Random(seed);
        int[] drawn = {'a', '\n', '\t', 0x1b, 0x85, 0xa0, 0xc2, 0xe2, 0x2028, 0x202e, 0x2066, 0x206a, 0x2dff, 0x1f600};
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(20); i >= 0; i--) {
                text.appendCodePoint(drawn[random.nextInt(drawn.length)]);
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            QuotingStream stream = new QuotingStream(new PrintStream(out, false, StandardCharsets.UTF_8));
            int cut = random.nextInt(bytes.length + 1);
            stream.write(bytes, 0, cut);
            stream.flush();
            stream.write(bytes, cut, bytes.length - cut);
            stream.flush();
            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as("seed " + seed)
                    .isEqualTo(Quoting.text(text.toString()));
        }
    }
}
