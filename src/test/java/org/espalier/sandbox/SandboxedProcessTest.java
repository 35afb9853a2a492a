package org.espalier.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SandboxedProcessTest {
    private static final int LINES = 1 << 12;

    /** As many lines as are kept ahead, and nobody reads before all are written. */
    @Test
    void theEndIsHeardAfterManyLines() throws Exception {
        List<String> command =
                List.of("/bin/sh", "-c", "i=0; while [ $i -lt " + LINES + " ]; do echo; i=$((i+1)); done");
        try (SandboxedProcess process = SandboxedProcess.start(new Unconfined(), command, List.of(), Limits.USUAL)) {
            while (process.handle().isAlive()) {
                Thread.sleep(5);
            }
            int lines = 0;
            while (process.receive(Duration.ofSeconds(20)) != null) {
                lines++;
            }
            assertThat(lines).isEqualTo(LINES);
            assertThat(process.cause()).as("it has ended by itself").isEmpty();
        }
    }
}
