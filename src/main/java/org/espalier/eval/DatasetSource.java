package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.eval.DatasetReader.Rows;
import org.jspecify.annotations.Nullable;

/**
 * A data set's name or file. The file is read once, however many kinds of data sets ask whether it is theirs. One thread.
 */
public final class DatasetSource {
    private final String nameOrFile;
    private final Supplier<Path> parquetDriver;
    private final boolean regular;
    private @Nullable List<String> lines;
    private @Nullable Rows rows;

    /**
     * Looks whether there is such a file, and reads nothing yet.
     *
     * @param nameOrFile a built-in one's name, or a file
     * @param parquetDriver finds the jar of DuckDB's driver, and is asked only for a Parquet file
     */
    public DatasetSource(String nameOrFile, Supplier<Path> parquetDriver) {
        this.nameOrFile = nameOrFile;
        this.parquetDriver = parquetDriver;
        regular = Files.isRegularFile(Path.of(nameOrFile));
    }

    String nameOrFile() {
        return nameOrFile;
    }

    Path file() {
        return Path.of(nameOrFile);
    }

    /** Whether it is a file that can be looked at before it is known what it is; false for a pipe too. */
    boolean isRegularFile() {
        return regular;
    }

    /** The lines of a file of JSON. */
    List<String> lines() throws IOException {
        if (lines == null) {
            lines = JsonLinesReader.lines(nameOrFile, () -> Files.newInputStream(file()));
        }
        return lines;
    }

    /** The rows of a file. */
    Rows rows() throws IOException {
        if (rows == null) {
            DatasetReader reader = DatasetReader.of(file(), parquetDriver);
            rows = reader instanceof JsonLinesReader ? JsonLinesReader.rows(nameOrFile, lines()) : reader.read();
        }
        return rows;
    }
}
