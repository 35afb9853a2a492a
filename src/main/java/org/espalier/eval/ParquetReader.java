package org.espalier.eval;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.espalier.model.UsageException;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parquet, read by DuckDB. Texts, numbers and truth values are what they are in JSON, lists and structures are nested,
 * and what JSON lacks, such as dates, is text.
 */
final class ParquetReader implements DatasetReader {
    private static final String MAGIC = "PAR1";

    /** A row as JSON. Without the option, a folder named {@code level=3} would add a column. */
    private static final String QUERY =
            "SELECT to_json(struct_pack(*COLUMNS(*)))::VARCHAR FROM read_parquet(?, hive_partitioning = false)";

    /** Not all that a column of floating-point numbers can hold is a number in JSON. */
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private final String name;
    private final Path file;
    private final Supplier<Path> driver;

    /**
     * @param name of the file, for messages
     * @param driver finds the jar of DuckDB's driver, and is asked only for what looks like a Parquet file
     */
    ParquetReader(String name, Path file, Supplier<Path> driver) {
        this.name = name;
        this.file = file;
        this.driver = driver;
    }

    @Override
    public Rows read() throws IOException {
        if (!hasMagic()) {
            throw new UsageException("cannot read the problems from " + name + ": it is not a whole Parquet file");
        }
        List<Row> rows = new ArrayList<>();
        try (Connection database = DuckDb.connect(driver.get());
                PreparedStatement query = database.prepareStatement(QUERY)) {
            query.setString(1, pattern(file));
            try (ResultSet results = query.executeQuery()) {
                while (results.next()) {
                    rows.add(new Row(rows.size() + 1, MAPPER.readTree(results.getString(1))));
                }
            }
        } catch (SQLException e) {
            throw new UsageException("cannot read the problems from " + name + ": " + DuckDb.reason(e));
        }
        return new Rows(rows, List.of());
    }

    /** Whether it begins and ends as every Parquet file does. */
    private boolean hasMagic() throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            return channel.size() >= 2L * MAGIC.length()
                    && magicAt(channel, 0).equals(MAGIC)
                    && magicAt(channel, channel.size() - MAGIC.length()).equals(MAGIC);
        }
    }

    private static String magicAt(SeekableByteChannel channel, long position) throws IOException {
        byte[] bytes = Channels.newInputStream(channel.position(position)).readNBytes(MAGIC.length());
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** What matches this file alone, where DuckDB would take its name for a pattern. */
    private static String pattern(Path file) {
        return file.toAbsolutePath().toString().replaceAll("[*?\\[]", "[$0]");
    }
}
