package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.testing.OtherProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {
    @TempDir
    private Path folder;

    /** Ends with 0 if it gets the lock. */
    static final class Taker {
        private Taker() {}

        public static void main(String[] arguments) throws IOException {
            System.exit(ProcessLock.tryAcquire(Path.of(arguments[0])).isPresent() ? 0 : 7);
        }
    }

    private static int takenElsewhere(Path file) throws InterruptedException {
        try (OtherProcess other = OtherProcess.start(Taker.class, file)) {
            return other.join();
        }
    }

    @Test
    void nobodyElseGetsIt() throws Exception {
        Path file = folder.resolve("lock");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        Path hardLink = folder.resolve("hard");
        try (ProcessLock lock = ProcessLock.tryAcquire(file).orElseThrow()) {
            Files.createLink(hardLink, file);
            for (Path path : new Path[] {file, link, hardLink, folder.resolve("x/../lock")}) {
                Files.createDirectories(folder.resolve("x"));
                assertThat(ProcessLock.tryAcquire(path)).as(path.toString()).isEmpty();
            }
            // Had one of the attempts opened and closed the file, the lock would be gone.
            assertThat(takenElsewhere(file)).isEqualTo(7);
            assertThat(lock).isNotNull();
        }
        assertThat(takenElsewhere(file)).isZero();
        ProcessLock.tryAcquire(link).orElseThrow().close();
    }
}
