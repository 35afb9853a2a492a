package org.espalier.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.espalier.catalog.ProgramRun;

/**
 * A Python that runs one script and nothing that lies about: no variables, no packages of the user's own, no current folder,
 * no network, and no code of the checkpoint's, whatever the script would trust.
 */
final class IsolatedPython {
    /** Begins what {@code isolated.py} says of what it has refused. */
    static final String REFUSED = "espalier refuses to ";

    private IsolatedPython() {}

    /**
     * Makes it ready.
     *
     * @param empty a folder with nothing in it, where it works and keeps what it writes for itself
     * @param checkpoint the script's first argument, of which no code is run
     * @param options its further arguments
     */
    static ProcessBuilder program(String python, Path empty, Path script, Path checkpoint, List<String> options)
            throws IOException {
        Stream<String> command = Stream.of(
                python,
                "-I",
                "-B",
                "-X",
                "utf8",
                "-c",
                guard(),
                script.toString(),
                checkpoint.toAbsolutePath().toString());
        ProcessBuilder program =
                ProgramRun.apart(empty, Stream.concat(command, options.stream()).toList());
        Map<String, String> environment = program.environment();
        environment.keySet().removeIf(name -> name.startsWith("HF_") || name.startsWith("HUGGING"));
        environment.remove("NO_LOCAL_GGUF");
        environment.putAll(Map.of(
                "HF_HUB_OFFLINE",
                "1",
                "TRANSFORMERS_OFFLINE",
                "1",
                "HF_HUB_DISABLE_TELEMETRY",
                "1",
                // Where code of repositories would be looked for that was fetched before.
                "HF_HOME",
                empty.toAbsolutePath().toString(),
                "HF_MODULES_CACHE",
                empty.toAbsolutePath().resolve("modules").toString()));
        return program;
    }

    private static String guard() throws IOException {
        try (InputStream in = Objects.requireNonNull(IsolatedPython.class.getResourceAsStream("isolated.py"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
