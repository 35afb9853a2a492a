package org.espalier.eval;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.espalier.model.EspalierException;

/** Databases in memory, by a driver that is no part of Espalier and is loaded when it is needed. */
final class DuckDb {
    private static final String DRIVER = "org.duckdb.DuckDBDriver";

    /** By jar. A class loader that loads the driver again would unpack its native library again. */
    private static final Map<Path, Driver> LOADED = new ConcurrentHashMap<>();

    private DuckDb() {}

    /**
     * An empty database that writes no file and fetches no extension.
     *
     * @param jar the driver's
     * @throws EspalierException if the driver does not work here
     */
    static Connection connect(Path jar) {
        Properties options = new Properties();
        // Otherwise what does not fit into the memory is written to the current folder.
        options.setProperty("temp_directory", "");
        options.setProperty("autoinstall_known_extensions", "false");
        options.setProperty("autoload_known_extensions", "false");
        options.setProperty("allow_persistent_secrets", "false");
        try {
            return LOADED.computeIfAbsent(jar, DuckDb::load).connect("jdbc:duckdb:", options);
        } catch (SQLException | LinkageError e) {
            throw unusable(jar, e);
        }
    }

    private static Driver load(Path jar) {
        try {
            // Never closed: the driver loads classes from it as long as it is used.
            ClassLoader loader =
                    new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
            return Class.forName(DRIVER, true, loader)
                    .asSubclass(Driver.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | MalformedURLException | LinkageError e) {
            throw unusable(jar, e);
        }
    }

    private static EspalierException unusable(Path jar, Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new EspalierException(
                "DuckDB, which reads Parquet files, does not work here (%s: %s): convert the file to JSON lines"
                        .formatted(jar, reason(cause)),
                e);
    }

    /** The first line of a message: DuckDB's go on with the query. */
    static String reason(Throwable e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }
}
