package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {
    @TempDir
    Path folder;

    /** Holds the lock until its input ends. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws IOException {
            StoreLock lock = StoreLock.acquire(Path.of(arguments[0]), () -> {});
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
            while (!Files.exists(held)) {
                assertThat(other.isAlive()).isTrue();
                Thread.sleep(20);
            }
            AtomicInteger waited = new AtomicInteger();

            StoreLock lock = StoreLock.acquire(file, () -> {
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
            StoreLock.acquire(file, () -> {
                        throw new AssertionError("nobody holds it");
                    })
                    .close();
        }
    }

    @Test
    void staysHeldWhenAWaiterGivesUp() throws Exception {
        Path file = folder.resolve("lock");
        StoreLock lock = StoreLock.acquire(file, () -> {});

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> StoreLock.acquire(file, () -> {})).isInstanceOf(EspalierException.class);
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
            StoreLock.acquire(file, waiting).close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
