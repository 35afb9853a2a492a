package org.espalier.eval;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.espalier.catalog.DuckDbDriver;
import org.espalier.model.FetchListener;

/** Writes Parquet files with the driver that Espalier reads them with, fetching it if it is not on this machine. */
public final class ParquetFiles {
    private ParquetFiles() {}

    public static Path driver() {
        return DuckDbDriver.open().fetch(FetchListener.NONE);
    }

    /** @param query selects the rows */
    public static Path write(Path file, String query) throws SQLException {
        try (Connection database = DuckDb.connect(driver());
                Statement statement = database.createStatement()) {
            statement.execute("COPY (%s) TO '%s' (FORMAT parquet)"
                    .formatted(query, file.toString().replace("'", "''")));
        }
        return file;
    }
}
