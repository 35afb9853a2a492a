package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.espalier.model.UsageException;
import tools.jackson.databind.JsonNode;

/** Reads the rows of a file, whatever its format; which column means what is found out by {@link DatasetColumns}. */
interface DatasetReader {
    /** Opens what is read. */
    interface Source {
        InputStream open() throws IOException;
    }

    /**
     * A row.
     *
     * @param number of its line in the file, in Parquet and in a JSON array of the row, from 1
     * @param columns an object
     */
    record Row(int number, JsonNode columns) {}

    /**
     * What a file holds.
     *
     * @param rows in the order of the file
     * @param broken numbers of the lines that are no rows
     */
    record Rows(List<Row> rows, List<Integer> broken) {}

    /**
     * The reader for a file, by its extension: {@code .csv}, {@code .parquet}, and JSON otherwise, lines or an array.
     *
     * @param parquetDriver finds the jar of DuckDB's driver, if that is needed
     */
    static DatasetReader of(Path file, Supplier<Path> parquetDriver) {
        String name = file.toString();
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".parquet")) {
            return new ParquetReader(name, file, parquetDriver);
        }
        Source source = () -> Files.newInputStream(file);
        return lower.endsWith(".csv") ? new CsvReader(name, source) : new JsonLinesReader(name, source);
    }

    /**
     * Reads all.
     *
     * @throws UsageException if the file is not of this reader's format
     */
    Rows read() throws IOException;

    /** @param name of the file */
    static UsageException notUtf8(String name, CharacterCodingException e) {
        return new UsageException("cannot read the problems from " + name + ": " + Utf8Text.reason(e));
    }
}
