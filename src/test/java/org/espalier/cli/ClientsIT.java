package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The clients of {@code scripts/check-clients} talk to a server with the bundled models. Skipped where that script has not
 * installed them: they are many.
 */
class ClientsIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"clients, 6", "frameworks, 2", "instructor, 1"})
    void allClientsAreServed(String group, int clients) throws Exception {
        Path own = Path.of(System.getProperty("user.home"), ".cache", "espalier", "python", group + "-1");
        assumeThat(own.resolve("ready")).exists();
        try (ServerProcess server = ServerProcess.start(folder.resolve("server-err"), "--api-key", "secret")) {
            String script =
                    Path.of("scripts", "clients", "clients.py").toAbsolutePath().toString();
            String python = own.resolve("bin").resolve("python").toString();
            JsonNode found = JsonMapper.builder()
                    .build()
                    .readTree(Commands.run(folder, List.of(python, script, server.url(), "secret", group)));
            assertThat(found.size()).isEqualTo(clients);
            for (JsonNode client : found) {
                for (Map.Entry<String, JsonNode> feature : client.properties()) {
                    assertThat(feature.getValue().toString())
                            .as("%s of %s", feature.getKey(), found)
                            .isEqualTo("true");
                }
            }
        }
    }
}
