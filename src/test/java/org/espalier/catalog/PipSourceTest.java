package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PipSourceTest {
    private static final List<String> NO_SUCH_PROGRAM = List.of("/nowhere/python3", "-m", "pip");
    private static final List<String> NO_PIP =
            List.of("sh", "-c", "echo '/usr/bin/python3: No module named pip' >&2; exit 1");
    private static final List<String> NO_PYTHON = List.of("sh", "-c", "exit 127");

    @TempDir
    Path temporary;

    private Path folder;
    private CatalogEntry.Part part;

    @BeforeEach
    void publishAWheel() throws IOException {
        folder = Files.createDirectory(temporary.resolve("folder"));
        part = new FakePip(temporary.resolve("pip")).publish("tiny", 1).parts().get(0);
    }

    private Path download(List<List<String>> commands) throws IOException {
        return new PipSource(commands).download(part, folder, received -> {});
    }

    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void triesTheNextPipWhenOneIsMissing() throws IOException {
        List<String> pip = List.of(temporary.resolve("pip/pip").toString());

        assertThat(download(List.of(NO_SUCH_PROGRAM, NO_PIP, NO_PYTHON, pip)))
                .hasSize(part.downloadBytes())
                .hasParent(folder);
    }

    @Test
    void saysThatThereIsNoPip() {
        assertThatThrownBy(() -> download(List.of(NO_SUCH_PROGRAM, NO_PIP, NO_PYTHON)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("pip, which is missing")
                .hasMessageContaining("apt-get install python3-pip");
    }

    @Test
    void quotesTheLastLineOfPip() {
        assertThatThrownBy(() -> download(List.of(shell("echo first; echo 'ERROR: full'; exit 1"))))
                .hasMessage("pip could not download tiny-part1==1.0 (full)");
        assertThatThrownBy(() -> download(List.of(shell("exit 7")))).hasMessageContaining("(exit code 7)");
        assertThatThrownBy(() -> download(List.of(shell("exit 0")))).hasMessageContaining("pip left no wheel");
    }

    @Test
    void countsWhatHasArrived() throws IOException {
        long[] most = new long[1];
        String slow = "mkdir -p '%1$s'; head -c 1000 /dev/zero >'%1$s/file'; sleep 0.5; cp '%2$s' '%3$s/w.whl'"
                .formatted(folder.resolve("tmp"), temporary.resolve("pip/tiny-part1==1.0.whl"), folder);

        new PipSource(List.of(shell(slow))).download(part, folder, received -> most[0] = Math.max(most[0], received));

        assertThat(most[0]).isBetween(1000L, part.downloadBytes());
    }

    @Test
    @Timeout(120)
    void stopsPipWhenItsThreadIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> download(List.of(shell("sleep 600"))))
                .isInstanceOf(EspalierException.class)
                .hasMessage("interrupted");

        assertThat(Thread.interrupted()).isTrue();
    }
}
