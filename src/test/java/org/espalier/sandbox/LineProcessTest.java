package org.espalier.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process wrote, whenever it comes to be read. */
@Timeout(60)
class LineProcessTest {
    private static final int LATE_MILLIS = 300;

    /** A process that has ended, of whose errors the first are read a while after its lines. */
    private static final class EndedProcess extends Process {
        private final InputStream errors =
                new ByteArrayInputStream("first\nlast\n\n".getBytes(StandardCharsets.UTF_8)) {
                    @Override
                    public int read(byte[] buffer) {
                        try {
                            Thread.sleep(LATE_MILLIS);
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return read(buffer, 0, buffer.length);
                    }
                };

        @Override
        public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
        }

        @Override
        public InputStream getInputStream() {
            return InputStream.nullInputStream();
        }

        @Override
        public InputStream getErrorStream() {
            return errors;
        }

        @Override
        public int waitFor() {
            return exitValue();
        }

        @Override
        public int exitValue() {
            return 3;
        }

        @Override
        public Stream<ProcessHandle> descendants() {
            return Stream.empty();
        }

        @Override
        public void destroy() {}
    }

    @Test
    void errorsThatAreReadAfterTheEndAreWaitedFor() {
        try (LineProcess process = new LineProcess(new EndedProcess(), "test", 1 << 10, () -> {})) {
            assertThat(process.receive(Duration.ofSeconds(50))).isNull();
            assertThat(process.isOver()).isTrue();
            assertThat(process.lastError()).isEqualTo("last");
            assertThat(process.errors()).isEqualTo("first\nlast\n\n");
        }
    }
}
