package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("file");
        WholeFile.write(file, "old");
        assertThatThrownBy(() -> WholeFile.write(file, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("file");
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        WholeFile.write(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("new");
    }

    @Test
    void whatIsNoPlainFileIsWrittenTo() throws IOException {
        WholeFile.write(Path.of("/dev/null"), "text");
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
    }

    @Test
    void readersSeeWholeFilesOnly() throws Exception {
        Path file = folder.resolve("file");
        Set<String> whole = Set.of("a".repeat(200_000), "b".repeat(300_000), "c".repeat(100_000));
        WholeFile.write(file, whole.iterator().next());
        ExecutorService writers = Executors.newFixedThreadPool(whole.size());
        try {
            List<Future<?>> done = new ArrayList<>();
            for (String text : whole) {
                done.add(writers.submit(() -> {
                    for (int i = 0; i < 50; i++) {
                        WholeFile.write(file, text);
                    }
                    return null;
                }));
            }
            while (!done.stream().allMatch(Future::isDone)) {
                assertThat(whole.contains(Files.readString(file))).isTrue();
            }
            for (Future<?> each : done) {
                each.get(1, TimeUnit.MINUTES);
            }
        } finally {
            writers.shutdownNow();
        }
        assertThat(names()).containsExactly("file");
    }
}
