package org.espalier.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A Maven of a few lines of shell, which copies one file wherever it is told to, whatever it is asked for. */
final class FakeMaven {
    private static final String SCRIPT = """
            #!/bin/sh
            root=$(dirname "$0")
            { pwd; echo "$JAVA_HOME"; } >"$root/place"
            printf '%s\\n' "$@" >"$root/arguments"
            if [ -f "$root/output" ]; then
              cat "$root/output"
              exit 1
            fi
            for argument; do
              case $argument in -DoutputDirectory=*) folder=${argument#*=} ;; esac
            done
            [ ! -f "$root/published" ] || cp "$root/published" "$folder/$(cat "$root/name")"
            """;

    private final Path folder;

    FakeMaven(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Files.writeString(script(), SCRIPT);
        if (!script().toFile().setExecutable(true)) {
            throw new IOException("cannot make " + script() + " executable");
        }
    }

    private Path script() {
        return folder.resolve("mvn");
    }

    MavenSource source(Map<String, String> environment) {
        return new MavenSource(script().toString(), environment);
    }

    void publish(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve("published"), bytes);
        Files.writeString(folder.resolve("name"), name);
    }

    /** From now on it ends with this output and exit code 1. */
    void fail(String output) throws IOException {
        Files.writeString(folder.resolve("output"), output);
    }

    void recover() throws IOException {
        Files.delete(folder.resolve("output"));
    }

    boolean wasCalled() {
        return Files.exists(folder.resolve("arguments"));
    }

    /** Of the latest call. */
    List<String> arguments() throws IOException {
        return Files.readAllLines(folder.resolve("arguments"));
    }

    /** Its working folder and its JAVA_HOME, of the latest call. */
    List<String> place() throws IOException {
        return Files.readAllLines(folder.resolve("place"));
    }
}
