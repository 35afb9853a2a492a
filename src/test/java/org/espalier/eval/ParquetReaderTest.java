package org.espalier.eval;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.eval.Dataset.BrokenLines;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found out without the driver; {@code ParquetIT} has the rest. */
class ParquetReaderTest {
    @TempDir
    private Path folder;

    private Path write(String content) throws IOException {
        return Files.writeString(folder.resolve("mine.parquet"), content, StandardCharsets.ISO_8859_1);
    }

    private static Dataset load(Path file) {
        return Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, DatasetTest.NO_DRIVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "PAR1", "PAR1 cut off", "{\"problem\": \"x?\", \"answer\": 1}", "not even PAR1"})
    void whatIsNoParquetFileIsRefusedBeforeADriverIsFetched(String content) throws IOException {
        Path file = write(content);

        assertThatThrownBy(() -> load(file))
                .isInstanceOf(UsageException.class)
                .hasMessage("cannot read the problems from " + file + ": it is not a whole Parquet file");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> load(folder.resolve("none.parquet")))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no data set or file " + folder.resolve("none.parquet"));
        assertThatThrownBy(() -> load(Files.createDirectory(folder.resolve("folder.parquet"))))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("cannot read the problems from " + folder.resolve("folder.parquet"));
    }

    @Test
    void aJarWithoutTheDriverIsRefused() throws IOException {
        Path file = write("PAR1 PAR1");
        Path jar = Files.writeString(folder.resolve("driver.jar"), "no jar");

        assertThatThrownBy(() -> Dataset.load(file.toString(), DatasetColumns.GUESSED, BrokenLines.REFUSED, () -> jar))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "DuckDB, which reads Parquet files, does not work here (%s: org.duckdb.DuckDBDriver): convert the file to JSON lines",
                        jar);
    }
}
