package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a model whose file is changed while it is loaded. Without the check, the first test ends the JVM. */
class MappedFilesIT {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void writeModel() throws Exception {
        file = TinyGguf.write("llama", folder);
    }

    /** What follows the last tensor does not matter to a model; the disk has no room for it. */
    private static void makeLarge(Path file) throws IOException {
        try (RandomAccessFile model = new RandomAccessFile(file.toFile(), "rw")) {
            model.setLength(ModelOptions.MOST_BYTES_READ + 1);
        }
    }

    private static ModelRunner runner(NativeModel model) {
        return LlamaModelRunner.open(
                model, ContextOptions.of(256, 4).withBatch(64, 8).withThreads(1));
    }

    private static Outcome step(ModelRunner runner, int position) {
        Batch batch = runner.batch();
        batch.clear();
        batch.target(batch.add(40, position, 0), 41);
        return runner.run(Long.MAX_VALUE);
    }

    private void assertStops(NativeModel model, ModelRunner runner) {
        String reason = "the model file " + file + " has changed since it was loaded: restart";
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> step(runner, 1))
                    .isInstanceOf(EspalierException.class)
                    .hasMessage(reason);
        }
        assertThat(model.failure()).contains(reason);
    }

    @Test
    void aFileThatIsCutShortStopsTheStep() throws IOException {
        makeLarge(file);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                ModelRunner runner = runner(model)) {
            assertThat(step(runner, 0)).isEqualTo(Outcome.DONE);
            assertThat(model.failure()).isEmpty();
            Files.write(file, new byte[4096], StandardOpenOption.TRUNCATE_EXISTING);
            assertStops(model, runner);
        }
    }

    @Test
    void aFileThatIsWrittenIntoStopsTheStep() throws IOException {
        makeLarge(file);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                ModelRunner runner = runner(model)) {
            assertThat(step(runner, 0)).isEqualTo(Outcome.DONE);
            try (RandomAccessFile other = new RandomAccessFile(file.toFile(), "rw")) {
                other.seek(other.length() - 1);
                other.write(1);
            }
            Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
            assertStops(model, runner);
        }
    }

    @Test
    void aFileThatAnotherIsRenamedOverGoesOn() throws IOException {
        makeLarge(file);
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                ModelRunner runner = runner(model)) {
            Path other = Files.write(folder.resolve("other"), new byte[10]);
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(step(runner, 0)).isEqualTo(Outcome.DONE);
            assertThat(model.failure()).isEmpty();
        }
    }

    @Test
    void whatIsSmallOrNotToBeMappedIsReadWhole() throws IOException {
        for (boolean large : new boolean[] {false, true}) {
            if (large) {
                makeLarge(file);
            }
            Path copy = Files.copy(file, folder.resolve("copy"), StandardCopyOption.REPLACE_EXISTING);
            try (NativeModel model = NativeModel.open(copy, new ModelOptions(-1, !large, true));
                    ModelRunner runner = runner(model)) {
                Files.write(copy, new byte[10], StandardOpenOption.TRUNCATE_EXISTING);
                assertThat(step(runner, 0)).isEqualTo(Outcome.DONE);
                assertThat(model.failure()).isEmpty();
            }
        }
    }
}
