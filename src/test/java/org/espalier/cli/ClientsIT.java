package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The clients of {@code scripts/check-clients} talk to a server with the bundled models. Skipped where that script has not
 * installed them: they are many.
 */
class ClientsIT {
    private static final Path PYTHON =
            Path.of(System.getProperty("user.home"), ".cache", "espalier", "python", "clients-1");

    @TempDir
    private Path folder;

    @Test
    void allClientsAreServed() throws Exception {
        assumeThat(PYTHON.resolve("ready")).exists();
        try (ServerProcess server = ServerProcess.start(folder.resolve("server-err"), "--api-key", "secret")) {
            String script =
                    Path.of("scripts", "clients", "clients.py").toAbsolutePath().toString();
            String python = PYTHON.resolve("bin").resolve("python").toString();
            JsonNode found = JsonMapper.builder()
                    .build()
                    .readTree(Commands.run(folder, List.of(python, script, server.url(), "secret")));
            assertThat(found.size()).isEqualTo(6);
            for (JsonNode client : found) {
                for (String feature : List.of("chat", "history", "stream", "async", "responses", "models", "errors")) {
                    if (client.has(feature)) {
                        assertThat(client.get(feature).toString())
                                .as("%s of %s", feature, found)
                                .isEqualTo("true");
                    }
                }
            }
        }
    }
}
