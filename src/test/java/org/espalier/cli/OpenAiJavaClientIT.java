package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's own client for Java talks to a server, in a process of its own: it brings 80 MB and another Jackson. */
class OpenAiJavaClientIT {
    private static final Path CLIENT = Path.of("src", "test", "clients", "openai-java");

    @TempDir
    private Path folder;

    @Test
    void theOfficialClientIsServed() throws Exception {
        String classPath = Commands.classPath(folder, CLIENT.resolve("pom.xml"));
        try (ServerProcess server = ServerProcess.start(folder.resolve("server-err"), "--api-key", "secret")) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String source = CLIENT.resolve("OpenAiJavaClient.java").toString();
            Map<String, List<String>> told = Commands.run(folder, List.of(java, "-cp", classPath, source, server.url()))
                    .lines()
                    .map(line -> line.split(": ", 2))
                    .collect(Collectors.groupingBy(
                            line -> line[0], Collectors.mapping(line -> line[1], Collectors.toList())));
            assertThat(told.get("model")).hasSize(2).anyMatch(model -> model.endsWith("@greedy"));
            assertThat(told.get("choice")).hasSize(2);
            assertThat(told.get("choice").get(0)).contains("boxed{79}");
            assertThat(told.get("finish")).containsExactly("stop");
            assertThat(told.get("espalier").get(0)).contains("best-of-n", "stepScores");
            assertThat(told.get("cut").get(0)).contains("Step 1").doesNotContain("Step 2");
            assertThat(told.get("streamed").get(0)).contains("boxed{79}");
            assertThat(Integer.parseInt(told.get("streamed-tokens").get(0))).isPositive();
            assertThat(told.get("completion").get(0)).isNotEmpty();
            assertThat(told.get("refused")).containsExactly("404 model", "400 temperature", "401 -");
            assertThat(told.get("cancelled")).containsExactly("true");
            server.terminate();
            assertThat(server.exitCode()).isZero();
            assertThat(folder.resolve("server-err")).isEmptyFile();
        }
    }
}
