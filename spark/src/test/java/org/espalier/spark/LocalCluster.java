package org.espalier.spark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The settings of a Spark application under test. Executors of a local cluster get this JVM's class path. */
final class LocalCluster {
    private LocalCluster() {}

    /**
     * Sets the properties that a session takes, and forgets those of a session before.
     *
     * @param master such as {@code local[2]}
     */
    static void use(String master, Map<String, String> more) throws IOException {
        List.copyOf(System.getProperties().stringPropertyNames()).stream()
                .filter(name -> name.startsWith("spark."))
                .forEach(System::clearProperty);
        System.setProperty("spark.master", master);
        System.setProperty("spark.ui.enabled", "false");
        System.setProperty("spark.sql.shuffle.partitions", "1");
        System.setProperty("spark.driver.host", "127.0.0.1");
        System.setProperty("spark.driver.bindAddress", "127.0.0.1");
        String folders = linkJars(Path.of(System.getenv("SPARK_HOME"), "jars"));
        if (!folders.isEmpty()) {
            System.setProperty("spark.executor.extraClassPath", folders);
        }
        String natives = System.getProperty("espalier.native.dir");
        if (natives != null) {
            System.setProperty("spark.executor.extraJavaOptions", "-Despalier.native.dir=" + natives);
        }
        more.forEach(System::setProperty);
    }

    /** Makes the folder of jars that a worker starts its executors with; returns the folders of the class path. */
    private static String linkJars(Path jars) throws IOException {
        Files.createDirectories(jars);
        List<String> folders = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            Path link = jars.resolve(path.getFileName().toString());
            if (Files.isDirectory(path)) {
                folders.add(path.toString());
            } else if (Files.exists(path) && !Files.exists(link)) {
                Files.createSymbolicLink(link, path);
            }
        }
        return String.join(File.pathSeparator, folders);
    }
}
