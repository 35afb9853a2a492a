package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server over the two policies that come with Espalier. */
class SeveralModelsIT {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
    private static final long MEMORY_MIB = 420;

    @TempDir
    Path folder;

    private static HttpRequest chat(ServerProcess server, String model) {
        String body = "{'model': '" + model
                + "', 'seed': 7, 'max_tokens': 64, 'messages': [{'role': 'user', 'content': '" + PROBLEM + "'}]}";
        return HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(5))
                .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
    }

    private static JsonNode ask(ServerProcess server, String model) throws Exception {
        return read(CLIENT.send(chat(server, model), BodyHandlers.ofString()));
    }

    private static JsonNode read(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return MAPPER.readTree(response.body());
    }

    private static String policyOf(JsonNode answer) {
        return answer.at("/espalier/models/0/name").asString();
    }

    private static String text(JsonNode answer) {
        return answer.at("/choices/0/message/content").asString();
    }

    private static List<String> loaded(ServerProcess server) throws Exception {
        JsonNode list = MAPPER.readTree(CLIENT.send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/v1/models"))
                                .build(),
                        BodyHandlers.ofString())
                .body());
        List<String> loaded = new ArrayList<>();
        for (JsonNode model : list.path("data")) {
            if (model.at("/status/value").asString().equals("loaded")) {
                loaded.add(model.path("id").asString());
            }
        }
        return loaded;
    }

    private static void end(ServerProcess server) throws Exception {
        server.terminate();
        assertThat(server.exitCode()).isZero();
    }

    @Test
    void bothAreThereWhereThereIsRoom() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(folder.resolve("err"), "--models", "arith-large", "--memory", "3g")) {
            assertThat(policyOf(ask(server, "default@greedy"))).isEqualTo("arith-small");
            assertThat(policyOf(ask(server, "arith-large@beam-4"))).isEqualTo("arith-large");
            assertThat(policyOf(ask(server, "arith-small@majority-4"))).isEqualTo("arith-small");
            assertThat(loaded(server)).containsExactly("arith-small", "arith-small@greedy", "arith-large");
            end(server);
        }
        assertThat(folder.resolve("err")).content().isEmpty();
    }

    @Test
    void theCommandLineChoosesOne() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(folder.resolve("err"), "--models", "arith-large", "--memory", "3g")) {
            String[] search = {PROBLEM, "--server", server.url(), "--method", "majority", "-n", "4", "--json"};
            Cli usual = Cli.solve(search);
            assertThat(usual.code()).isZero();
            assertThat(usual.json().at("/models/0/name").asString()).isEqualTo("arith-small");
            Cli chosen = Cli.solve(with(search, "--model", "arith-large"));
            assertThat(chosen.complaints()).isEmpty();
            assertThat(chosen.code()).isZero();
            assertThat(chosen.json().at("/models/0/name").asString()).isEqualTo("arith-large");
            assertThat(chosen.json().path("answer").asString()).isEqualTo("79");
            Cli unknown = Cli.solve(with(search, "--model", "arith-huge"));
            assertThat(unknown.code()).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(unknown.err().lines())
                    .singleElement()
                    .asString()
                    .contains("no model 'arith-huge'", "arith-small, arith-large");
            end(server);
        }
    }

    private static String[] with(String[] options, String... more) {
        return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void theyChangePlacesWhereThereIsRoomForOne() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(folder.resolve("err"), "--models", "arith-large", "--memory", MEMORY_MIB + "m")) {
            String small = text(ask(server, "arith-small@majority-4"));
            String large = text(ask(server, "arith-large@majority-4"));
            assertThat(loaded(server)).containsExactly("arith-large");
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String model = i % 2 == 0 ? "arith-small@greedy" : "arith-large@greedy";
                all.add(CLIENT.sendAsync(chat(server, model), BodyHandlers.ofString()));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(policyOf(read(all.get(i).join()))).isEqualTo(i % 2 == 0 ? "arith-small" : "arith-large");
            }
            assertThat(text(ask(server, "arith-small@majority-4"))).isEqualTo(small);
            assertThat(loaded(server)).containsExactly("arith-small", "arith-small@greedy");
            assertThat(text(ask(server, "arith-large@majority-4"))).isEqualTo(large);
            Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB")
                    .matcher(Files.readString(
                            Path.of("/proc", Long.toString(server.process().pid()), "status")));
            assertThat(peak.find()).isTrue();
            long peakMib = Long.parseLong(peak.group(1)) / 1024;
            System.out.println("--memory " + MEMORY_MIB + "m: peak " + peakMib + " MiB");
            assertThat(peakMib).isLessThanOrEqualTo(MEMORY_MIB);
            end(server);
        }
        assertThat(folder.resolve("err")).content().isEmpty();
    }
}
