package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class TerminalTest {
    private static final String HOSTILE = "\u001b]0;owned\u0007\u202e";
    private static final String QUOTED = "\\u001b]0;owned\\u0007\\u202e";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream raw = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String shown() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void coloursAreItsOwnOnly() {
        Terminal terminal = new Terminal(true, false, false, new QuotingStream(raw));
        terminal.println("@|bold %s|@", HOSTILE + " @|red x|@");
        assertThat(shown()).isEqualTo("\u001b[1m" + QUOTED + " @|red x|@\u001b[21m\u001b[0m\n");
    }

    @Test
    void whoWantsNoColoursGetsNone() {
        new Terminal(true, false, true, raw).println("@|bold %s|@", "x");
        new Terminal(true, true, false, raw).println("@|bold %s|@", "y");
        new Terminal(false, false, false, raw).println("@|bold %s|@", "z");
        assertThat(shown()).isEqualTo("x\ny\nz\n");
    }

    @Test
    void aDumbTerminalIsNotWrittenOver() {
        assertThat(new Terminal(true, true, false, raw).redraws()).isFalse();
        assertThat(new Terminal(true, false, true, raw).redraws()).isTrue();
        assertThat(new Terminal(false, false, false, raw).redraws()).isFalse();
    }

    @Test
    void aBarWithoutColours() {
        new Terminal(true, false, true, raw)
                .progressBar(HOSTILE)
                .setInitialMax(2)
                .build()
                .close();
        assertThat(shown()).contains(QUOTED).doesNotContain("\u001b[33m", "\u001b]");
        bytes.reset();
        new Terminal(true, false, false, raw).progressBar("x").build().close();
        assertThat(shown()).contains("\u001b[33m");
    }

    @Test
    void aTableIsQuotedBeforeItIsMeasured() {
        List<List<String>> cells =
                List.of(List.of("name", "size"), List.of("a\u001b[2Jb\nc", "1"), List.of("longer than that", "22"));
        new TextTable(cells, 1).print(new Terminal(false, false, false, raw));
        assertThat(shown()).isEqualTo("name              size\na\\u001b[2Jb\\nc       1\nlonger than that    22\n");
    }
}
