package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Past runs and unfinished steps, over HTTP. */
@Timeout(60)
class HistoryRoutesTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path folder;

    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    @AfterEach
    void stop() {
        server.close();
        backend.close();
    }

    private void start(Path history) {
        server.start(backend, RequestReaderTest.SETTINGS, history, null);
    }

    private HttpResponse<String> send(String method, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    /** The chunks of a stream. */
    private List<JsonNode> solve(String problem, String espalier) throws Exception {
        String body = """
                {"model": "default@best-of-n-4", "stream": true, "seed": 5, "espalier": {%s},
                "messages": [{"role": "user", "content": "%s"}]}""".formatted(espalier, problem);
        HttpResponse<String> response = CLIENT.send(
                HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Json.MAPPER.readTree(line.substring(6)))
                .toList();
    }

    @Test
    void aRunThatIsToBeKeptCanBeFoundReadAndDeleted() throws Exception {
        start(folder);
        List<JsonNode> told = solve("how many apples", "\"keep\": true");
        JsonNode list = json(send("GET", "/v1/history?q=APPLES"));
        assertThat(list.get("enabled").asBoolean()).isTrue();
        assertThat(list.get("data")).hasSize(1);
        JsonNode listed = list.at("/data/0");
        assertThat(listed.get("problem").asString()).isEqualTo("how many apples");
        assertThat(listed.get("method").asString()).isEqualTo("best-of-n");
        assertThat(listed.get("n").asInt()).isEqualTo(4);

        JsonNode run = json(send("GET", "/v1/history/" + listed.get("id").asString()));
        assertThat(run.at("/request/messages/0/content").asString()).isEqualTo("how many apples");
        List<JsonNode> events = told.stream()
                .filter(chunk -> chunk.at("/espalier/event").isString())
                .map(chunk -> chunk.get("espalier"))
                .toList();
        assertThat(run.get("events").valueStream().toList()).isNotEmpty().isEqualTo(events);
        JsonNode report = told.stream()
                .filter(chunk -> chunk.at("/espalier/votes").isArray())
                .findFirst()
                .orElseThrow()
                .get("espalier");
        assertThat(run.get("report")).isEqualTo(report);
        assertThat(run.get("text").asString())
                .isEqualTo(told.stream()
                        .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                        .collect(Collectors.joining()));

        String path = "/v1/history/" + listed.get("id").asString();
        assertThat(send("DELETE", path).statusCode()).isEqualTo(200);
        assertThat(send("DELETE", path).statusCode()).isEqualTo(404);
        assertThat(json(send("GET", "/v1/history")).get("data")).isEmpty();
    }

    @Test
    void nothingElseIsKept() throws Exception {
        start(folder);
        solve("how many", "\"events\": true");
        solve("how many", "\"keep\": false");
        solve("how many", "\"keep\": true, \"events\": false");
        assertThat(json(send("GET", "/v1/history")).get("data")).isEmpty();
        solve("how many", "\"keep\": true");
        solve("how many", "\"keep\": true");
        assertThat(json(send("DELETE", "/v1/history")).get("deleted").asInt()).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aServerThatKeepsNoneSaysSo() throws Exception {
        start(null);
        solve("how many", "\"keep\": true");
        JsonNode list = json(send("GET", "/v1/history"));
        assertThat(list.get("enabled").asBoolean()).isFalse();
        assertThat(list.get("data")).isEmpty();
        assertThat(send("GET", "/v1/history/0000000000001-00000000").statusCode())
                .isEqualTo(404);
        assertThat(send("DELETE", "/v1/history/0000000000001-00000000").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aFolderThatCannotBeWrittenSpoilsNoAnswer() throws Exception {
        start(Files.writeString(folder.resolve("file"), "in the way"));
        assertThat(solve("how many", "\"keep\": true"))
                .anyMatch(chunk -> chunk.at("/espalier/votes").isArray());
        assertThat(json(send("GET", "/v1/history")).get("data")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/history?limit=0, 400",
        "GET, /v1/history?limit=501, 400",
        "GET, /v1/history?limit=a, 400",
        "GET, /v1/history?limit=99999999999, 400",
        "GET, /v1/history?x=1, 400",
        "GET, /v1/history?q=a&q=b, 400",
        "GET, /v1/history/, 404",
        "GET, /v1/history/..%2f..%2fetc%2fpasswd, 404",
        "GET, /v1/history/0000000000001-00000000/x, 404",
        "GET, /v1/history/%00, 404",
        "POST, /v1/history, 405",
        "PUT, /v1/history/0000000000001-00000000, 405",
        "DELETE, /v1/models, 405"
    })
    void whatCannotBeIsRefused(String method, String path, int status) throws Exception {
        start(folder);
        HttpResponse<String> response = send(method, path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).at("/error/message").asString()).isNotBlank();
    }

    @Test
    void aLongQueryIsRefused() throws Exception {
        start(folder);
        assertThat(send("GET", "/v1/history?q=" + "a".repeat(501)).statusCode()).isEqualTo(400);
    }

    @Test
    void stepsThatAreWrittenAreToldIfAskedFor() throws Exception {
        start(folder);
        backend.writeSlowly();
        List<JsonNode> told = solve("how many", "\"drafts\": true");
        List<JsonNode> drafts = told.stream()
                .filter(chunk -> chunk.at("/espalier/event").asString("").equals("writing"))
                .flatMap(chunk -> chunk.at("/espalier/drafts").valueStream())
                .toList();
        assertThat(drafts).isNotEmpty().allSatisfy(draft -> {
            assertThat(draft.get("node").asInt()).isPositive();
            assertThat(draft.get("text").asString()).isNotEmpty();
        });
        assertThat(solve("how many", "\"events\": true"))
                .noneMatch(chunk -> chunk.at("/espalier/event").asString("").equals("writing"));
    }
}
