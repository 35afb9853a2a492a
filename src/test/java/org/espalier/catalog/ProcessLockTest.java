package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.harness.OtherProcess;
import org.espalier.harness.Waiting;
import org.espalier.model.EspalierException;
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

    /** Holds the lock until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            ProcessLock lock = ProcessLock.acquire(Path.of(arguments[0]), () -> {});
            Files.createFile(Path.of(arguments[1]));
            System.in.readAllBytes();
            lock.close();
        }
    }

    @Test
    void waitsForAnotherProcess() throws Exception {
        Path file = folder.resolve("lock");
        Path held = folder.resolve("held");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        file.toString(),
                        held.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            Waiting.until("the other process holds the lock", () -> {
                assertThat(other.isAlive()).isTrue();
                return Files.exists(held);
            });
            AtomicInteger waited = new AtomicInteger();

            ProcessLock lock = ProcessLock.acquire(file, () -> {
                waited.incrementAndGet();
                closeInputOf(other);
            });
            lock.close();

            assertThat(waited).hasValue(1);
            assertThat(other.waitFor()).isZero();
        } finally {
            other.destroyForcibly();
        }
    }

    private static void closeInputOf(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isFreeAgainAfterItsHolder() throws IOException {
        Path file = folder.resolve("lock");
        for (int i = 0; i < 3; i++) {
            ProcessLock.acquire(file, () -> {
                        throw new AssertionError("nobody holds it");
                    })
                    .close();
        }
    }

    @Test
    void staysHeldWhenAWaiterGivesUp() throws Exception {
        Path file = folder.resolve("lock");
        ProcessLock lock = ProcessLock.acquire(file, () -> {});

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> ProcessLock.acquire(file, () -> {})).isInstanceOf(EspalierException.class);
        assertThat(Thread.interrupted()).isTrue();

        CountDownLatch waits = new CountDownLatch(1);
        Thread waiter = new Thread(() -> acquireAndClose(file, waits::countDown));
        waiter.start();
        waits.await();
        lock.close();
        waiter.join();
    }

    private static void acquireAndClose(Path file, Runnable waiting) {
        try {
            ProcessLock.acquire(file, waiting).close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
