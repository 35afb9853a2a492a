package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a shell's command line has ended with.
 *
 * @param out as UTF-8
 * @param err as UTF-8
 */
record Shell(int code, String out, String err) {
    /**
     * Runs a command line.
     *
     * @param folder where it runs; its output is put there as well
     * @param line in ASCII, because what this process passes on depends on its own locale
     */
    static Shell run(Path folder, String line) throws IOException, InterruptedException {
        Path out = folder.resolve("shell.out");
        Path err = folder.resolve("shell.err");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", line)
                .directory(folder.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // The configuration of whoever runs the tests is none of theirs.
        builder.environment()
                .putIfAbsent("ESPALIER_CONFIG", folder.resolve("no-config.yaml").toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(3, TimeUnit.MINUTES)).as(line).isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return new Shell(process.exitValue(), text(out), text(err));
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** A word of a command line. */
    static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    /** The words that start Espalier's command without a launcher. */
    static String espalier(String... options) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // It may be started in another folder.
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
        return quoted(java) + " " + String.join(" ", options) + " -XX:TieredStopAtLevel=1 -cp " + quoted(classPath)
                + " org.espalier.cli.Main";
    }

    JsonNode json() {
        return JsonMapper.builder().build().readTree(out);
    }
}
