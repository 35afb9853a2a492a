package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.espalier.harness.Waiting;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Over HTTP, with a policy that needs no model. */
@Timeout(60)
class EspalierServerTest {
    private static final String KEY = "s3cret";
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ScriptedBackend backend = new ScriptedBackend();
    private EspalierServer server;

    @BeforeEach
    void start() {
        server = serve(RequestReaderTest.SETTINGS);
    }

    @Test
    void namesTheAddressThatWasAskedFor() {
        try (EspalierServer all = EspalierServer.bind("0.0.0.0", 0)) {
            assertThat(all.url()).matches("http://0\\.0\\.0\\.0:\\d+");
            assertThat(all.isLocal()).isFalse();
        }
    }

    private EspalierServer serve(ServerSettings settings) {
        EspalierServer serving = EspalierServer.bind("127.0.0.1", 0);
        serving.start(backend, settings);
        return serving;
    }

    @AfterEach
    void stop() {
        backend.release();
        server.close();
        backend.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path));
    }

    private HttpRequest post(String path, String body) {
        return request(path)
                .header("Content-Type", "application/json; charset=utf-8")
                .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
    }

    private HttpRequest chat(String problem, String more) {
        return post(
                "/v1/chat/completions",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': '" + problem + "'}]" + more + "}");
    }

    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static CompletableFuture<HttpResponse<String>> begin(HttpRequest request) {
        return CLIENT.sendAsync(request, BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    private String metrics() {
        try {
            return send(request("/metrics").build()).body();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A response whose head has arrived. */
    private static HttpResponse<InputStream> beginAnswer(HttpRequest request) throws Exception {
        return CLIENT.sendAsync(request, BodyHandlers.ofInputStream()).get();
    }

    private void awaitMetric(String line) {
        Waiting.until(line, () -> metrics().contains("\n" + line + "\n"));
    }

    @Test
    void aSearchIsAnsweredInOpenAisShape() throws Exception {
        HttpResponse<String> response = send(chat("how much", ", 'espalier': {'choices': 2}"));
        JsonNode answer = json(response);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(answer.get("object").asString()).isEqualTo("chat.completion");
        assertThat(answer.get("id").asString()).startsWith("chatcmpl-");
        assertThat(answer.get("model").asString()).isEqualTo("default");
        assertThat(answer.get("choices")).hasSize(2);
        assertThat(answer.at("/choices/1/index").asInt()).isEqualTo(1);
        assertThat(answer.at("/choices/0/message/role").asString()).isEqualTo("assistant");
        assertThat(answer.at("/choices/0/finish_reason").asString()).isIn("stop", "length");
        assertThat(answer.at("/espalier/method").asString()).isEqualTo("dvts");
        assertThat(answer.at("/espalier/choices/0/stepScores")).isNotEmpty();
        assertThat(answer.at("/usage/total_tokens").asLong())
                .isEqualTo(answer.at("/usage/prompt_tokens").asLong()
                        + answer.at("/usage/completion_tokens").asLong());
    }

    @Test
    void textIsCutWhereItIsToStop() throws Exception {
        String whole = json(send(chat("how much", "")))
                .at("/choices/0/message/content")
                .asString();
        String word = whole.split("\\s+")[1];
        JsonNode cut = json(send(chat("how much", ", 'stop': ['never', '" + word.replace("\\", "\\\\") + "']")));
        assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(cut.at("/choices/0/message/content").asString()).doesNotContain(word);
    }

    /** A stop text ends the sampling, of what is streamed while it is written as well. */
    @Test
    void whatFollowsAStopTextIsNeitherDrawnNorSent() throws Exception {
        String greedy = ", 'espalier': {'method': 'greedy', 'events': false, 'progress': false}";
        JsonNode whole = json(send(chat("how much", greedy)));
        String text = whole.at("/choices/0/message/content").asString();
        String stopped = greedy + ", 'stop': ['never', 'o\\n\\ns']";
        assertThat(text).as("words of one token each").startsWith("\\boxed{0} so\n\nso\n\n");
        JsonNode cut = json(send(chat("how much", stopped)));
        assertThat(cut.at("/choices/0/message/content").asString()).isEqualTo("\\boxed{0} s");
        assertThat(cut.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(cut.at("/usage/completion_tokens").asInt()).isEqualTo(3);
        assertThat(whole.at("/usage/completion_tokens").asInt()).isGreaterThan(3);

        StringBuilder streamed = new StringBuilder();
        String body = send(chat("how much", stopped + ", 'stream': true")).body();
        for (String event : body.split("\n\n")) {
            if (event.startsWith("data: {")) {
                streamed.append(Json.MAPPER
                        .readTree(event.substring(6))
                        .at("/choices/0/delta/content")
                        .asString(""));
            }
        }
        assertThat(streamed).hasToString("\\boxed{0} s");
    }

    @Test
    void aStreamIsMadeOfPiecesOfTheSameAnswer() throws Exception {
        String whole = json(send(chat("how much", "")))
                .at("/choices/0/message/content")
                .asString();
        HttpResponse<String> response = send(chat("how much", ", 'stream': true, 'espalier': {'events': false}"));
        StringBuilder text = new StringBuilder();
        for (String event : response.body().split("\n\n")) {
            if (!event.equals("data: [DONE]")) {
                JsonNode chunk = Json.MAPPER.readTree(event.substring(6));
                assertThat(chunk.get("object").asString()).isEqualTo("chat.completion.chunk");
                assertThat(chunk.at("/espalier/event").isMissingNode()).isTrue();
                text.append(chunk.at("/choices/0/delta/content").asString(""));
            }
        }
        assertThat(text.toString()).isEqualTo(whole);
    }

    @Test
    void aSearchIsStoppedByItsIdAndAnsweredWithWhatItHas() throws Exception {
        backend.hold();
        HttpResponse<InputStream> response =
                CLIENT.send(chat("how much", ", 'stream': true"), BodyHandlers.ofInputStream());
        StringBuilder first = new StringBuilder();
        while (first.indexOf("\n\n") < 0) {
            first.append((char) response.body().read());
        }
        String id = Json.MAPPER
                .readTree(first.substring("data: ".length()))
                .get("id")
                .asString();
        assertThat(send(post("/v1/search/stop", "{'id': 'chatcmpl-other'}")).statusCode())
                .isEqualTo(404);
        assertThat(send(post("/v1/search/stop", "{}")).statusCode()).isEqualTo(400);
        assertThat(send(post("/v1/search/stop", "{'id': '" + id + "'}")).statusCode())
                .isEqualTo(200);
        assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                .contains("\"stoppedBy\":\"cancelled\"")
                .endsWith("data: [DONE]\n\n");
        assertThat(send(post("/v1/search/stop", "{'id': '" + id + "'}")).statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatThereIsToSayOfAProblemIsSaidBeforeItIsSolved() throws Exception {
        String stream = send(chat("elsewhere", ", 'stream': true")).body();
        int warned =
                stream.indexOf("{\"event\":\"warned\",\"code\":\"outside-model\",\"message\":\"this is not for me\"}");
        assertThat(warned).isBetween(0, stream.indexOf("\"event\":\"proposed\""));
        JsonNode report = json(send(chat("elsewhere", ""))).get("espalier");
        assertThat(report.at("/warnings/0/code").asString()).isEqualTo("outside-model");
        assertThat(report.at("/confidence/level").asString()).isEqualTo("low");
        assertThat(report.get("warnings").toString()).contains("low-confidence");
        JsonNode usual = json(send(chat("how much", ""))).get("espalier");
        assertThat(usual.get("warnings").toString()).doesNotContain("outside-model");
        assertThat(usual.get("chosenBy").isString()).isTrue();
    }

    @Test
    void eventsTellTheWholeTreeAndTheReportWhereItsPathsEnd() throws Exception {
        HttpResponse<String> response = send(chat("how much", ", 'stream': true, 'espalier': {'n': 8}"));
        Map<Integer, JsonNode> proposed = new HashMap<>();
        JsonNode report = null;
        for (String event : response.body().split("\n\n")) {
            JsonNode told = event.equals("data: [DONE]")
                    ? Json.MAPPER.createObjectNode()
                    : Json.MAPPER.readTree(event.substring(6)).path("espalier");
            if (told.path("event").asString("").equals("proposed")) {
                proposed.put(told.get("node").asInt(), told);
                assertThat(told.get("logProb").isNumber()).isTrue();
                assertThat(told.get("millis").asLong()).isNotNegative();
                int parent = told.get("parent").asInt();
                assertThat(parent == 0 || proposed.containsKey(parent)).isTrue();
            } else if (told.has("event")) {
                assertThat(proposed).containsKey(told.get("node").asInt());
            } else if (told.has("endings")) {
                report = told;
            }
        }
        assertThat(report).isNotNull();
        assertThat(report.get("endings"))
                .isNotEmpty()
                .hasSize(report.get("completions").asInt());
        for (JsonNode ending : report.get("endings")) {
            StringBuilder path = new StringBuilder();
            for (int at = ending.get("node").asInt();
                    at != 0;
                    at = proposed.get(at).get("parent").asInt()) {
                path.insert(0, proposed.get(at).get("text").asString());
            }
            if (ending.get("node").equals(report.get("selected"))) {
                assertThat(path.toString()).contains(report.get("answer").asString());
            }
        }
    }

    @Test
    void thePageMayLoadNothingFromElsewhere() throws Exception {
        HttpResponse<String> page = send(request("/").build());
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe", "http:", "https:", "*");
        assertThat(page.body()).doesNotContain("http://", "https://", "<style", "onclick");
        String tag = page.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> again =
                send(request("/").header("If-None-Match", tag).build());
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        server.close();
        server = serve(new ServerSettings(
                KEY,
                4,
                2,
                64,
                RequestReaderTest.SETTINGS.budget(),
                RequestReaderTest.SETTINGS.method(),
                RequestReaderTest.SETTINGS.config(),
                null,
                null,
                Set.of()));
        assertThat(send(request("/").build()).statusCode()).isEqualTo(200);
    }

    @Test
    void healthTellsThatTheEngineHasFailed() throws Exception {
        backend.fail("the GPU is gone");
        HttpResponse<String> failed = send(request("/health").build());
        assertThat(failed.statusCode()).isEqualTo(503);
        assertThat(json(failed).toString()).isEqualTo("{\"status\":\"failed\",\"reason\":\"the GPU is gone\"}");
        backend.fail(null);
        assertThat(send(request("/health").build()).statusCode()).isEqualTo(200);
    }

    @Test
    void theInstructionIsTheSystemMessage() throws Exception {
        send(post("/v1/chat/completions", """
                {'model': 'default', 'messages': [{'role': 'system', 'content': 'Be brief.'},
                {'role': 'user', 'content': 'how much'}]}"""));
        assertThat(backend.asked()).containsExactly("Be brief.", "how much");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /, 200",
        "POST, /, 405",
        "GET, /page/app.js, 200",
        "GET, /page/, 404",
        "GET, /page/nothing.js, 404",
        "GET, /page/../SearchEvent.class, 404",
        "GET, /page/..%2FSearchEvent.class, 404",
        "GET, /page//app.js, 404",
        "GET, /index.html, 404",
        "GET, /v1/search/stop, 405",
        "GET, /v1, 404",
        "GET, /v1/models/gpt-4, 404",
        "GET, /v1/models/default@dvts-16, 200",
        "GET, /v1/models/default%40dvts-16, 200",
        "GET, /v1/models?limit=3, 200",
        "GET, /v1/../etc/passwd, 404",
        "GET, /health/, 200",
        "GET, /health, 200",
        "HEAD, /health, 200",
        "HEAD, /, 200",
        "HEAD, /page/app.js, 200",
        "HEAD, /v1/models, 200",
        "HEAD, /metrics, 200",
        "HEAD, /nothing, 404",
        "HEAD, /v1/completions, 405",
        "POST, /health, 405",
        "DELETE, /v1/models, 405",
        "GET, /v1/chat/completions, 405",
        "OPTIONS, /v1/chat/completions, 204",
        "OPTIONS, /v1/history, 405",
        "GET, /v1/models/, 200",
        "GET, /models, 200",
        "GET, /models/default@dvts-16, 200",
        "GET, /v1/v1/models, 200",
        "GET, /v1/health, 200",
        "HEAD, /v1/models/default/, 200",
        "GET, /v1/models/nothing, 404",
        "GET, /chat/completions, 405",
        "GET, /api/version, 200",
        "GET, /api/tags/, 200",
        "GET, /v1/responses/nothing, 404",
        "PUT, /v1/completions, 405",
    })
    void onlyWhatIsDocumentedIsThere(String method, String path, int status) throws Exception {
        HttpResponse<String> response =
                send(request(path).method(method, BodyPublishers.noBody()).build());
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().map().keySet())
                .noneMatch(name -> name.toLowerCase(java.util.Locale.ROOT).startsWith("access-control"));
        if (status == 405) {
            assertThat(response.headers().firstValue("Allow")).isPresent();
        }
        if (status >= 400 && !method.equals("HEAD")) {
            assertThat(json(response).at("/error/message").asString()).isNotEmpty();
        }
    }

    @Test
    void anotherTypeThanJsonIsRefused() throws Exception {
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonp")) {
            HttpRequest request = request("/v1/completions")
                    .header("Content-Type", type)
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertThat(send(request).statusCode()).isEqualTo(415);
        }
    }

    @Test
    void aLargeBodyIsRefused() throws Exception {
        String body = "{'model': 'default', 'prompt': '" + "x".repeat(1 << 20) + "'}";
        assertThat(send(post("/v1/completions", body)).statusCode()).isEqualTo(413);
        HttpRequest chunked = request("/v1/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> InputStream.nullInputStream()))
                .build();
        assertThat(send(chunked).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, 64, 70_000, 1 << 20})
    void aBodyIsRefusedFromOneByteOverTheLimitOn(int over) throws Exception {
        String head = "{'model': 'default', 'prompt': '";
        String body = head + "x".repeat((1 << 20) + over - head.length() - 2) + "'}";
        HttpRequest whole = post("/v1/completions", body);
        assertThat(body).hasSize((1 << 20) + over);
        int expected = over > 0 ? 413 : 200;
        assertThat(send(whole).statusCode()).isEqualTo(expected);
        HttpRequest chunked = request("/v1/completions")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.replace('\'', '"').getBytes(StandardCharsets.US_ASCII))))
                .build();
        assertThat(send(chunked).statusCode()).isEqualTo(expected);
        assertThat(send(chat("how much", "")).statusCode()).isEqualTo(200);
    }

    @Test
    void aHeadHasTheHeadersOfTheAnswerAndNoBody() throws Exception {
        for (String path : List.of("/v1/models", "/", "/health")) {
            HttpResponse<String> whole = send(request(path).build());
            HttpResponse<String> head =
                    send(request(path).method("HEAD", BodyPublishers.noBody()).build());
            assertThat(head.body()).isEmpty();
            for (String name : List.of("Content-Type", "Content-Length")) {
                assertThat(head.headers().firstValue(name))
                        .as(name)
                        .isPresent()
                        .isEqualTo(whole.headers().firstValue(name));
            }
        }
    }

    @Test
    void aStreamTellsPeopleHowTheSearchGoesAndEndsAsOpenAisDoes() throws Exception {
        String body = send(chat("how much", ", 'stream': true, 'stream_options': {'include_usage': true}"))
                .body();
        List<JsonNode> chunks = body.lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Json.MAPPER.readTree(line.substring(6)))
                .toList();
        String thought = chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/reasoning_content").asString(""))
                .collect(Collectors.joining());
        assertThat(thought)
                .startsWith("Searching with dvts, n = 16.\n")
                .containsPattern("Step 1 kept \\(0\\.\\d\\d\\): ");
        JsonNode last = chunks.get(chunks.size() - 1);
        assertThat(last.get("choices")).isEmpty();
        assertThat(last.at("/usage/prompt_tokens_details/cached_tokens").isNumber())
                .isTrue();
        assertThat(chunks.subList(0, chunks.size() - 1))
                .allSatisfy(chunk -> assertThat(chunk.get("usage").isNull()).isTrue());
        JsonNode closing = chunks.get(chunks.size() - 2);
        assertThat(closing.at("/choices/0/delta")).isEmpty();
        assertThat(closing.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(closing.at("/espalier/ignored")).isEmpty();
        assertThat(body).endsWith("data: [DONE]\n\n");
        for (String quiet : List.of(
                ", 'stream': true, 'espalier': {'progress': false}",
                ", 'stream': true, 'espalier': {'method': 'greedy'}")) {
            assertThat(send(chat("how much", quiet)).body()).doesNotContain("reasoning_content");
        }
    }

    @Test
    void whatLooksLikeAConversationIsKept() throws Exception {
        String greedy = ", 'espalier': {'method': 'greedy'}";
        send(chat("how much", greedy));
        assertThat(backend.kept()).as("nobody reads along").isEmpty();
        send(chat("how much", greedy + ", 'stream': true"));
        Waiting.until("kept", () -> backend.kept().size() == 1);
        assertThat(backend.kept().get(0)).startsWith("how much ");
        send(chat("Generate a title for this conversation", greedy + ", 'stream': true"));
        assertThat(backend.kept()).as("a side request").hasSize(1);
        send(chat("how much", greedy + ", 'stream': true, 'max_tokens': 1"));
        Waiting.until("a reply that was cut is kept", () -> backend.kept().size() == 2);
    }

    @Test
    void aStrictServerRefusesWhatATolerantOneListsAsIgnored() throws Exception {
        String unknown = ", 'unheard_of': 1, 'user': 'ann'";
        assertThat(json(send(chat("how much", unknown))).at("/espalier/ignored"))
                .extracting(JsonNode::asString)
                .containsExactly("unheard_of");
        server.close();
        server = serve(RequestReaderTest.SETTINGS.strictly());
        HttpResponse<String> refused = send(chat("how much", unknown));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/param").asString()).isEqualTo("unheard_of");
    }

    @Test
    void theModelsAreAskedForOnceForAllNames() throws Exception {
        int before = backend.timesAskedForModels();
        assertThat(json(send(request("/v1/models").build())).get("data")).hasSize(2);
        assertThat(backend.timesAskedForModels()).isEqualTo(before + 1);
    }

    @Test
    void aSearchThatCannotBeBuiltLeavesNoPlaceTaken() throws Exception {
        backend.close();
        for (int i = 0; i < 6; i++) {
            assertThat(send(chat("how much", "")).statusCode()).isEqualTo(500);
            assertThat(send(chat("how much", ", 'stream': true")).body()).contains("server_error");
        }
        assertThat(metrics()).contains("\nespalier_requests_in_flight 0\n").contains("\nespalier_requests_queued 0\n");
    }

    @Test
    void aSearchThatTheModelsCannotDoIsRefusedBeforeAnythingIsWritten() throws Exception {
        backend.withoutJudge();
        for (String more : List.of("", ", 'stream': true")) {
            HttpResponse<String> refused = send(chat("how much", more));
            assertThat(refused.statusCode()).isEqualTo(400);
            assertThat(json(refused).at("/error/param").asString()).isEqualTo("espalier.method");
        }
    }

    @Test
    void whatFailsAfterItsAnswerHasBegunIsNoWholeAnswer() throws Exception {
        backend.hold();
        HttpResponse<InputStream> response = beginAnswer(chat("how much", ""));
        backend.failSteps();
        backend.release();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> response.body().readAllBytes());
        awaitMetric("espalier_requests_in_flight 0");
    }

    @Test
    void requestsWithoutASeedAreNoCopiesOfEachOther() throws Exception {
        server.close();
        server = serve(new ServerSettings(
                null,
                64,
                8,
                64,
                RequestReaderTest.SETTINGS.budget(),
                RequestReaderTest.SETTINGS.method(),
                RequestReaderTest.SETTINGS.config(),
                null,
                null,
                Set.of()));
        Set<String> texts = new HashSet<>();
        long seed = 0;
        for (int i = 0; i < 8; i++) {
            JsonNode answer = json(send(chat("how much", ", 'n': 4")));
            answer.get("choices").forEach(choice -> texts.add(choice.toString()));
            seed = answer.at("/espalier/seed").asLong();
        }
        assertThat(texts).hasSizeGreaterThan(16);
        JsonNode again = json(send(chat("how much", ", 'n': 4, 'seed': " + seed)));
        again.get("choices").forEach(choice -> assertThat(texts).contains(choice.toString()));
    }

    @ParameterizedTest
    @EnumSource(SearchMethod.class)
    void aClientHasAllTheChoicesThatItAsksForOrHearsWhyNot(SearchMethod method) throws Exception {
        for (int n : List.of(1, 2, 8)) {
            HttpResponse<String> response = send(post(
                    "/v1/completions",
                    "{'model': 'default@%s', 'prompt': 'how much', 'n': %d}".formatted(method.cliName(), n)));
            if (n == 1 || (method.completesAll() && method != SearchMethod.GREEDY)) {
                assertThat(json(response).get("choices")).hasSize(n);
            } else {
                assertThat(response.statusCode()).isEqualTo(400);
                assertThat(json(response).at("/error/param").asString()).isEqualTo("n");
            }
        }
    }

    @Test
    void beyondThisMachineStrangersNamesAreRefusedWithoutAKey() throws Exception {
        server.close();
        server = EspalierServer.bind("0.0.0.0", 0);
        assertThat(server.url()).startsWith("http://0.0.0.0:");
        server.start(
                backend,
                new ServerSettings(
                        null,
                        4,
                        2,
                        64,
                        RequestReaderTest.SETTINGS.budget(),
                        RequestReaderTest.SETTINGS.method(),
                        RequestReaderTest.SETTINGS.config(),
                        null,
                        null,
                        Set.of("solver.example")));
        String own = InetAddress.getLocalHost().getHostName();
        assertThat(statusFor(own)).isEqualTo(200);
        assertThat(statusFor("SOLVER.example:8080")).isEqualTo(200);
        assertThat(statusFor("192.168.1.7")).isEqualTo(200);
        assertThat(statusFor("localhost")).isEqualTo(200);
        for (String wrong :
                List.of("evil.example", "evil.solver.example", "solver.example.", "[::1].evil", "1.2.3", "")) {
            assertThat(statusFor(wrong)).as(wrong).isEqualTo(403);
        }
    }

    private int statusFor(String host) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            socket.getOutputStream()
                    .write(("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Integer.parseInt(answer.split(" ")[1]);
        }
    }

    @Test
    void aPromptThatDoesNotFitIsRefused() throws Exception {
        HttpResponse<String> response = send(chat("x ".repeat(ScriptedBackend.CONTEXT), ""));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).at("/error/code").asString()).isEqualTo("context_length_exceeded");
    }

    @Test
    void aSearchThatFailsIsAnsweredWithItsReason() throws Exception {
        HttpResponse<String> whole = send(chat("fail", ""));
        assertThat(whole.statusCode()).isEqualTo(500);
        assertThat(json(whole).at("/error/message").asString()).isEqualTo("the script says fail");
        HttpResponse<String> stream = send(chat("fail", ", 'stream': true"));
        assertThat(stream.body()).endsWith("\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
        awaitMetric("espalier_requests_in_flight 0");
    }

    @Test
    void whoComesWhenTheQueueIsFullIsToldToComeBack() throws Exception {
        backend.hold();
        List<CompletableFuture<HttpResponse<String>>> accepted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            accepted.add(begin(chat("how much", "")));
            awaitMetric("espalier_requests_queued " + Math.max(0, accepted.size() - 2));
            awaitMetric("espalier_requests_in_flight " + Math.min(2, accepted.size()));
        }
        HttpResponse<String> refused = send(chat("how much", ""));
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("Retry-After").getAsLong())
                .isPositive();
        assertThat(json(refused).at("/error/type").asString()).isEqualTo("rate_limit_error");
        backend.release();
        for (CompletableFuture<HttpResponse<String>> response : accepted) {
            assertThat(json(response.get()).at("/espalier/stoppedBy").asString())
                    .isEqualTo("completed");
        }
    }

    @Test
    void whoGoesAwayIsNoticed() throws Exception {
        backend.hold();
        for (String more : List.of("", ", 'stream': true")) {
            Socket socket = new Socket("127.0.0.1", URI.create(server.url()).getPort());
            byte[] body = ("{\"model\": \"default\", \"messages\": [{\"role\": \"user\", \"content\": \"how much\"}]"
                            + more.replace('\'', '"') + "}")
                    .getBytes(StandardCharsets.UTF_8);
            socket.getOutputStream()
                    .write(
                            ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                            + "Content-Length: " + body.length + "\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            awaitMetric("espalier_requests_in_flight 1");
            socket.close();
            awaitMetric("espalier_requests_in_flight 0");
        }
        awaitMetric("espalier_searches_cancelled_total 2");
    }

    @Test
    void whoGoesAwayWhileWaitingMakesRoom() throws Exception {
        backend.hold();
        for (int i = 0; i < 2; i++) {
            var unused = begin(chat("how much", ""));
        }
        awaitMetric("espalier_requests_in_flight 2");
        CompletableFuture<HttpResponse<InputStream>> waiting =
                CLIENT.sendAsync(chat("how much", ", 'stream': true"), BodyHandlers.ofInputStream());
        InputStream body = waiting.get().body();
        awaitMetric("espalier_requests_queued 1");
        body.close();
        awaitMetric("espalier_requests_queued 0");
        assertThat(backend.asked()).hasSize(2);
    }

    @Test
    void closingEndsWhatRunsWithWhatItHasAndRefusesWhatWaits() throws Exception {
        backend.hold();
        List<HttpResponse<InputStream>> running =
                List.of(beginAnswer(chat("how much", "")), beginAnswer(chat("how much", "")));
        awaitMetric("espalier_requests_in_flight 2");
        CompletableFuture<HttpResponse<String>> third = begin(chat("how much", ", 'stream': true"));
        CompletableFuture<HttpResponse<String>> fourth = begin(chat("how much", ""));
        awaitMetric("espalier_requests_queued 2");
        server.close();
        for (HttpResponse<InputStream> response : running) {
            assertThat(Json.MAPPER
                            .readTree(response.body())
                            .at("/espalier/stoppedBy")
                            .asString())
                    .isEqualTo("cancelled");
        }
        assertThat(third.get().body()).contains("the server is shutting down").doesNotContain("[DONE]");
        assertThat(fourth.get().statusCode()).isEqualTo(503);
        assertThat(json(fourth.get()).at("/error/code").asString()).isEqualTo("stopping");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> send(request("/health").build()));
    }

    @Test
    void aClientThatNeverEndsItsRequestDoesNotHoldUpTheEnd() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            socket.getOutputStream().write("GET /hea".getBytes(StandardCharsets.US_ASCII));
            assertThat(send(request("/health").build()).statusCode()).isEqualTo(200);
            server.close();
        }
    }

    @Test
    void withAKeyNobodyElseIsServed() throws Exception {
        server.close();
        ServerSettings open = RequestReaderTest.SETTINGS;
        server = serve(new ServerSettings(
                KEY, 1, 1, open.maxN(), open.budget(), open.method(), open.config(), open.selection(), null, Set.of()));
        assertThat(send(request("/v1/models")
                                .header("Authorization", "Bearer " + KEY)
                                .build())
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(request("/health").build()).statusCode()).isEqualTo(200);
        for (String wrong : List.of("Bearer", "Bearer ", "Bearer x", "Basic " + KEY, KEY, "Bearer " + KEY + "x")) {
            HttpResponse<String> refused =
                    send(request("/v1/models").header("Authorization", wrong).build());
            assertThat(refused.statusCode()).as(wrong).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(json(refused).at("/error/code").asString()).isEqualTo("invalid_api_key");
        }
        assertThat(send(chat("how much", "")).statusCode()).isEqualTo(401);
    }

    @Test
    void twoServersCannotHaveOnePort() {
        int port = URI.create(server.url()).getPort();
        assertThatExceptionOfType(EspalierException.class)
                .isThrownBy(() -> EspalierServer.bind("127.0.0.1", port))
                .withMessageContaining("port " + port);
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> EspalierServer.bind("no.such.invalid", 0))
                .withMessageContaining("host no.such.invalid");
    }

    @Test
    void whatIsNeverStartedCanBeClosed() throws Exception {
        CompletableFuture<Void> closing = CompletableFuture.runAsync(
                () -> EspalierServer.bind("127.0.0.1", 0).close());
        closing.get(20, TimeUnit.SECONDS);
    }
}
