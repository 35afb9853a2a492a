package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDigestsTest {
    @TempDir
    private Path folder;

    private Path file;
    private Path kept;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("model.gguf"), "weights");
        kept = folder.resolve("digests");
    }

    /** A moment later than the file's, so that what is written now is told from it. */
    private void settle() {
        Waiting.until("the file is settled", () -> {
            long latest = Math.max(Files.getLastModifiedTime(file).toMillis(), changed());
            return System.currentTimeMillis() - latest >= 2100;
        });
    }

    private long changed() throws IOException {
        return ((FileTime) Files.getAttribute(file, "unix:ctime")).toMillis();
    }

    /** Puts a mark where the digest is kept, which only shows if the file is not read. */
    private String mark() throws IOException {
        try (var files = Files.list(kept)) {
            Path one = files.findFirst().orElseThrow();
            String mark = "0".repeat(64);
            Files.writeString(one, mark + Files.readString(one).substring(64));
            return mark;
        }
    }

    @Test
    void aFileIsReadOnceByAllProcesses() throws Exception {
        settle();
        String digest = new FileDigests(kept).of(file);
        assertThat(digest).isEqualTo(Sha256.of(file));
        String mark = mark();
        FileDigests next = new FileDigests(kept);
        assertThat(next.of(file)).isEqualTo(mark);
        assertThat(next.of(Files.createSymbolicLink(folder.resolve("link"), file)))
                .as("by another path to the same file")
                .isEqualTo(mark);
    }

    @Test
    void aFileThatChangesIsReadAgain() throws Exception {
        settle();
        FileDigests digests = new FileDigests(kept);
        String first = digests.of(file);
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "WEIGHTS");
        Files.setLastModifiedTime(file, time);
        assertThat(digests.of(file)).as("written in place, its time set back").isNotEqualTo(first);
        assertThat(new FileDigests(kept).of(file)).isEqualTo(Sha256.of(file)).isNotEqualTo(first);
        Path other = Files.writeString(folder.resolve("other"), "weight5");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(digests.of(file)).as("replaced").isEqualTo(Sha256.of(file));
    }

    @Test
    void aFileThatWasWrittenJustNowIsNotRemembered() throws Exception {
        FileDigests digests = new FileDigests(kept);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(digests.of(file)).isEqualTo(Sha256.of(file));
        assertThat(kept).doesNotExist();
    }

    @Test
    void whatIsKeptButBrokenIsComputedAgain() throws Exception {
        settle();
        new FileDigests(kept).of(file);
        try (var files = Files.list(kept)) {
            Files.writeString(files.findFirst().orElseThrow(), "\u0000");
        }
        assertThat(new FileDigests(kept).of(file)).isEqualTo(Sha256.of(file));
        Path blocked = Files.writeString(folder.resolve("blocked"), "");
        assertThat(new FileDigests(blocked).of(file)).isEqualTo(Sha256.of(file));
    }

    @Test
    void anInterruptEndsTheReading() throws Exception {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> new FileDigests(kept).of(file));
        assertThat(Thread.interrupted()).isTrue();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> new FileDigests(kept).of(folder.resolve("none")));
    }
}
