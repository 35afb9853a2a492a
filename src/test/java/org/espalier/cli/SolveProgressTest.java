package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.harness.Waiting;
import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SolveProgressTest {
    private static Terminal terminal(ByteArrayOutputStream bytes, boolean redraws) {
        return new Terminal(redraws, false, true, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 24, 40, 80, 200})
    void theLineIsNarrowerThanTheTerminal(int columns) {
        Meter meter = new Meter(new Budget(1000, Duration.ofDays(1), Double.POSITIVE_INFINITY));
        try (SolveProgress progress =
                new SolveProgress("speculative-rejection", 64, meter, terminal(new ByteArrayOutputStream(), false))) {
            String line = progress.first(columns);
            assertThat(line.length()).isLessThan(columns);
            if (columns >= 80) {
                assertThat(line).startsWith("speculative-rejection ").contains("0 of 64 finished");
            }
        }
    }

    @Test
    void theEndOfAPathIsCutToItsWidth() {
        FollowedPath path = new FollowedPath();
        path.settled("one two\n\nthree \u001b[2J");
        assertThat(path.tail(80)).isEqualTo("one two three \\u001b[2J");
        assertThat(path.tail(10)).isEqualTo("…\\u001b[2J");
        path.settled("漢字漢字漢字");
        assertThat(path.tail(7)).isEqualTo("…字漢字");
    }

    @Test
    void aLineIsToldNowAndThen() {
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        AtomicInteger asked = new AtomicInteger();
        try (Heartbeat heartbeat = new Heartbeat(5, () -> asked.incrementAndGet() + " of 3")) {
            Waiting.until("it was told twice", () -> asked.get() > 2);
            assertThat(heartbeat).isNotNull();
        } finally {
            System.setErr(before);
        }
        assertThat(told.toString(StandardCharsets.UTF_8))
                .startsWith("espalier: 0:00, 1 of 3\nespalier: 0:00, 2 of 3\n");
    }

    @Test
    void whatWasDrawnIsTakenAway() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Terminal terminal = terminal(bytes, true);
        terminal.redraw("dvts", "text");
        terminal.eraseBelow();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\r\u001b[Jdvts\ntext\r\u001b[1A\r\u001b[J");
    }
}
