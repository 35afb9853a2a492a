package org.espalier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code scripts/jars.sha256} has the jars that Espalier runs with, which the launcher compares with what Maven brought. */
class JarSumsTest {
    private static final List<String> OF_TESTS = List.of(
            "junit-",
            "assertj-",
            "archunit-",
            "playwright-",
            "driver-",
            "gson-",
            "error_prone_annotations-",
            "opentest4j-",
            "apiguardian-",
            "byte-buddy-",
            "awaitility-",
            "hamcrest-");

    @Test
    void eachJarHasItsSum() throws IOException, NoSuchAlgorithmException {
        Map<String, String> found = new TreeMap<>();
        List<Path> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(file -> file.toString().endsWith(".jar"))
                .toList();
        for (Path jar : jars) {
            String name = jar.getFileName().toString();
            if (OF_TESTS.stream().noneMatch(name::startsWith)) {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
                found.put(name, HexFormat.of().formatHex(digest));
            }
        }
        Map<String, String> listed = Files.readAllLines(Path.of("scripts/jars.sha256")).stream()
                .map(line -> line.split(" +"))
                .collect(Collectors.toMap(line -> line[1], line -> line[0]));
        assertThat(found)
                .as("what `(cd target/lib && sha256sum *.jar)` writes")
                .containsExactlyInAnyOrderEntriesOf(listed);
    }
}
