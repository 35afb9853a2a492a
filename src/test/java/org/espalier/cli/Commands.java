package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Programs that nobody here wrote, run by tests. */
final class Commands {
    private Commands() {}

    /**
     * Runs a program to its end.
     *
     * @param scratch for its output
     * @return its standard output
     * @throws IOException if it cannot be run, or fails
     */
    static String run(Path scratch, List<String> command) throws IOException, InterruptedException {
        Path out = scratch.resolve("out");
        Path err = scratch.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            String errors = Files.readString(err, StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command.subList(0, 2)) + ": " + errors.strip());
            }
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * The interpreter of a Python environment that has a package, which is kept in the cache folder. The test is skipped
     * where it cannot be installed.
     *
     * @param requirement package and version, as pip names them
     */
    static String python(Path scratch, String requirement) throws InterruptedException {
        Path environment = Path.of(System.getProperty("user.home"), ".cache", "espalier", "python")
                .resolve(requirement);
        Path python = environment.resolve("bin").resolve("python");
        try {
            if (!Files.exists(environment.resolve("ready"))) {
                run(scratch, List.of("python3", "-m", "venv", environment.toString()));
                run(scratch, List.of(python.toString(), "-m", "pip", "install", "--quiet", requirement));
                Files.createFile(environment.resolve("ready"));
            }
        } catch (IOException e) {
            skip(requirement + " cannot be installed", e);
        }
        return python.toString();
    }

    /**
     * The class path of a Maven project's dependencies. The test is skipped where they cannot be had.
     *
     * @param pom of the project
     */
    static String classPath(Path scratch, Path pom) throws InterruptedException {
        Path file = scratch.resolve("classpath");
        try {
            run(
                    scratch,
                    List.of(
                            "mvn",
                            "-q",
                            "-B",
                            "-f",
                            pom.toString(),
                            "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath",
                            "-Dmdep.outputFile=" + file));
            return Files.readString(file).strip();
        } catch (IOException e) {
            skip(pom + "'s dependencies cannot be had", e);
            throw new IllegalStateException(e);
        }
    }

    private static void skip(String what, IOException why) {
        System.out.println("skipped: " + what + ": " + why.getMessage());
        Assumptions.abort(what);
    }
}
