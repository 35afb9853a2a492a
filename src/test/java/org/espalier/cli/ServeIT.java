package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server in a process of its own, with the models that come with Espalier. */
class ServeIT {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    /** Goes on for long: no search of this many completions is done in a moment. */
    private static final String LONG_WORK =
            "{'model': 'default@majority-64', 'stream': true, 'temperature': 2, 'messages': [{'role': 'user', 'content': '"
                    + PROBLEM + "'}]}";

    @TempDir
    private static Path folder;

    private static ServerProcess server;
    private static String url;
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(folder.resolve("err"), "--in-flight", "2", "--queue", "20", "--seed", "42");
        url = server.url();
    }

    @AfterAll
    static void stop() throws Exception {
        server.terminate();
        assertThat(server.exitCode()).isZero();
        assertThat(folder.resolve("err")).content().isEmpty();
    }

    private static HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(3))
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
    }

    private static JsonNode chat(String fields) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                post(
                        "/v1/chat/completions",
                        "{'messages': [{'role': 'user', 'content': '" + PROBLEM + "'}], " + fields + "}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return MAPPER.readTree(response.body());
    }

    private static String get(String path) throws Exception {
        return get(url, path);
    }

    private static String get(String url, String path) throws Exception {
        return CLIENT.send(HttpRequest.newBuilder(URI.create(url + path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static double metric(String name) throws Exception {
        Matcher matcher = Pattern.compile("^" + Pattern.quote(name) + " (.*)$", Pattern.MULTILINE)
                .matcher(get("/metrics"));
        assertThat(matcher.find()).as(name).isTrue();
        return Double.parseDouble(matcher.group(1));
    }

    private static void awaitMetric(String name, double value) {
        Waiting.until(name + " is " + value, () -> metric(name) == value);
    }

    private static JsonNode greedy(String messages) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                post(
                        "/v1/chat/completions",
                        "{'model': 'default@greedy', 'max_tokens': 200, 'messages': [" + messages + "]}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return MAPPER.readTree(response.body());
    }

    @Test
    void aGivenTextIsScoredTokenByToken() throws Exception {
        HttpResponse<String> response = CLIENT.send(
                post(
                        "/v1/completions",
                        "{'model': 'default', 'prompt': '" + PROBLEM
                                + "', 'echo': true, 'logprobs': 1, 'max_tokens': 0}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode scored = MAPPER.readTree(response.body()).at("/choices/0");
        assertThat(scored.path("text").asString()).isEqualTo(PROBLEM);
        assertThat(scored.at("/logprobs/token_logprobs").valueStream().skip(1))
                .isNotEmpty()
                .allMatch(logProb -> logProb.isNumber() && logProb.asDouble() <= 0);
    }

    private static JsonNode chosen(String fields) throws Exception {
        HttpResponse<String> response = CLIENT.send(
                post(
                        "/v1/chat/completions",
                        "{'model': 'default', 'max_tokens': 120, 'seed': 5, 'logprobs': true, 'top_logprobs': 20, "
                                + "'messages': [{'role': 'user', 'content': '" + PROBLEM + "'}], " + fields + "}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return MAPPER.readTree(response.body()).at("/choices/0");
    }

    /**
     * Draws of the likeliest token, checked by hand: no token in its place is likelier once what the reply has so far is taken
     * off.
     *
     * @return how many are not what would have been drawn without that
     */
    private static int penalised(JsonNode choice, double presence, double frequency) {
        JsonNode content = choice.at("/logprobs/content");
        assertThat(content.valueStream()
                        .map(token -> token.path("token").asString())
                        .collect(Collectors.joining()))
                .isEqualTo(choice.at("/message/content").asString())
                .isNotEmpty();
        Map<String, Integer> counts = new HashMap<>();
        int moved = 0;
        for (JsonNode token : content) {
            ToDoubleFunction<JsonNode> value = one -> one.path("logprob").asDouble()
                    - counts.getOrDefault(one.path("token").asString(), 0) * frequency
                    - (counts.containsKey(one.path("token").asString()) ? presence : 0);
            for (JsonNode other : token.path("top_logprobs")) {
                assertThat(value.applyAsDouble(other)).isLessThanOrEqualTo(value.applyAsDouble(token) + 1e-4);
            }
            String likeliest = token.at("/top_logprobs/0/token").asString();
            moved += likeliest.equals(token.path("token").asString()) ? 0 : 1;
            counts.merge(token.path("token").asString(), 1, Integer::sum);
        }
        return moved;
    }

    @Test
    void penaltiesAndBiasesChangeWhatIsDrawnInEachBranch() throws Exception {
        assertThat(penalised(chosen("'espalier': {'method': 'greedy'}"), 0, 0)).isZero();
        for (String search : List.of(
                "'espalier': {'method': 'greedy'}",
                "'top_k': 1, 'espalier': {'method': 'majority', 'n': 4}",
                "'top_k': 1, 'espalier': {'method': 'dvts', 'n': 4, 'beamWidth': 2, 'stepTokens': 10}")) {
            String penalties = ", 'presence_penalty': 1, 'frequency_penalty': 2";
            JsonNode choice = chosen(search + penalties);
            assertThat(penalised(choice, 1, 2)).as(search).isPositive();
            assertThat(chosen(search + penalties).path("logprobs"))
                    .as("the same seed draws the same")
                    .isEqualTo(choice.path("logprobs"));
        }
        JsonNode repeated = chosen("'espalier': {'method': 'greedy'}, 'repeat_penalty': 9, 'repeat_last_n': 32");
        assertThat(penalised(chosen("'espalier': {'method': 'greedy'}, 'repeat_penalty': 1.0"), 0, 0))
                .isZero();
        assertThat(repeated.at("/logprobs/content").valueStream())
                .anyMatch(token -> !token.at("/top_logprobs/0/token").equals(token.path("token")));
        JsonNode biased =
                chosen("'temperature': 1, 'espalier': {'method': 'best-of-n', 'n': 2}, 'max_completion_tokens': 8, "
                        + "'logit_bias': {'300': 100}");
        assertThat(biased.at("/logprobs/content"))
                .hasSize(8)
                .allSatisfy(token -> assertThat(token.path("token")).isEqualTo(biased.at("/logprobs/content/0/token")));
        HttpResponse<String> unknown = CLIENT.send(
                post(
                        "/v1/chat/completions",
                        "{'model': 'default', 'messages': [{'role': 'user', 'content': '" + PROBLEM
                                + "'}], 'logit_bias': {'99999999': 1}}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(unknown.statusCode()).as(unknown.body()).isEqualTo(400);
        assertThat(unknown.body()).contains("logit_bias").contains("99999999");
    }

    /** What is known before the first token has a status of its own, in a stream as well. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "/v1/chat/completions | 'logit_bias': {'99999999': 1} | logit_bias",
                "/v1/completions | 'logit_bias': {'-1': 1} | logit_bias",
                "/v1/completions | 'logit_bias': {'99999999': 1} | logit_bias",
                "/v1/chat/completions | 'logit_bias': {'99999999': 1}, 'espalier': {'method': 'dvts'} | logit_bias",
                "/v1/chat/completions | 'grammar': 'root ::= (' | 'grammar'",
                "/v1/chat/completions | 'guided_grammar': 'root ::= other' | 'grammar'",
                "/v1/responses | 'logit_bias': {'99999999': 1} | logit_bias",
                "/v1/chat/completions | 'seed': LONG | context_length_exceeded",
                "/v1/messages | 'max_tokens': 9, 'seed': LONG | tokens",
                "/api/chat | 'seed': LONG | tokens",
            })
    void aStreamBeginsOnceNothingSpeaksAgainstIt(String path, String fields, String named) throws Exception {
        boolean isLong = fields.contains("LONG");
        String problem = isLong ? "one and two ".repeat(20_000) : PROBLEM;
        String asked = path.endsWith("/completions") && !path.contains("chat")
                ? "'prompt': '" + problem + "'"
                : path.endsWith("responses")
                        ? "'input': '" + problem + "'"
                        : "'messages': [{'role': 'user', 'content': '" + problem + "'}]";
        HttpResponse<String> response = CLIENT.send(
                post(path, "{'model': 'default', 'stream': true, " + asked + ", " + fields.replace("LONG", "1") + "}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.body()).contains(named.replace("'", ""));
    }

    @Test
    void theWholeConversationIsInThePrompt() throws Exception {
        String asked = "{'role': 'user', 'content': '" + PROBLEM + "'}";
        String before = "{'role': 'user', 'content': 'Start with 2, then add 3.'}, "
                + "{'role': 'assistant', 'content': 'The answer is 5.'}, ";
        String tools = ", {'role': 'assistant', 'content': null, 'tool_calls': [{'id': 'c', 'type': 'function', "
                + "'function': {'name': 'f', 'arguments': '{}'}}]}, {'role': 'tool', 'content': 'It is 7.'}";
        String tokens = "/usage/prompt_tokens";
        int alone = greedy(asked).at(tokens).asInt();
        int later = greedy(before + asked).at(tokens).asInt();
        int after = greedy(asked + tools).at(tokens).asInt();
        assertThat(later).isGreaterThan(alone + 10);
        assertThat(after).isGreaterThan(alone + 5);
        assertThat(greedy(before + asked + tools).at(tokens).asInt() - later).isEqualTo(after - alone);
    }

    @Test
    void anAssistantsLastMessageIsWhereTheReplyGoesOn() throws Exception {
        String asked = "{'role': 'user', 'content': '" + PROBLEM + "'}";
        JsonNode whole = greedy(asked);
        String text = whole.at("/choices/0/message/content").asString();
        String begun = text.substring(0, text.indexOf("\n\n"));
        JsonNode goesOn =
                greedy(asked + ", {'role': 'assistant', 'content': " + MAPPER.writeValueAsString(begun) + "}");
        assertThat(goesOn.at("/espalier/answer")).isEqualTo(whole.at("/espalier/answer"));
        assertThat(goesOn.at("/choices/0/message/content").asString())
                .doesNotContain(begun)
                .isNotBlank();
    }

    @ParameterizedTest
    @CsvSource({
        "default, auto, 64",
        "default@majority-8, majority, 8",
        "default@greedy, greedy, 1",
        "default@beam-4, beam, 4"
    })
    void theAnswerIsThatOfSolve(String model, String method, int n) throws Exception {
        JsonNode served = chat("'model': '" + model + "', 'seed': 5, 'max_tokens': 200");
        JsonNode solved = Cli.solve(
                        PROBLEM,
                        "--method",
                        method,
                        "-n",
                        "" + n,
                        "--seed",
                        "5",
                        "--max-tokens",
                        "200",
                        "--threads",
                        "1",
                        "--json")
                .json();
        JsonNode report = served.get("espalier");
        assertThat(served.at("/choices/0/message/content").asString())
                .isEqualTo(solved.get("solution").asString());
        for (String field : List.of("answer", "method", "n", "aggregation", "selection", "stoppedBy")) {
            assertThat(report.get(field)).as(field).isEqualTo(solved.get(field));
        }
        assertThat(report.get("votes").size()).isEqualTo(solved.get("votes").size());
        assertThat(report.get("agreement").asDouble())
                .isEqualTo(solved.get("agreement").asDouble(), within(1e-3));
        assertThat(served.at("/usage/completion_tokens").asLong())
                .isEqualTo(solved.at("/usage/policyTokens").asLong());
    }

    @Test
    void aStreamTellsTheSearchThenTheAnswer() throws Exception {
        HttpResponse<Stream<String>> response = CLIENT.send(
                post(
                        "/v1/chat/completions",
                        "{'model': 'default@dvts-8', 'stream': true, 'stream_options': {'include_usage': true},"
                                + " 'messages': [{'role': 'user', 'content': '" + PROBLEM + "'}]}"),
                HttpResponse.BodyHandlers.ofLines());
        assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
        List<String> data = response.body()
                .filter(line -> !line.isEmpty() && !line.startsWith(":"))
                .toList();
        assertThat(data).allMatch(line -> line.startsWith("data: ")).last().isEqualTo("data: [DONE]");
        List<JsonNode> chunks = data.stream()
                .limit(data.size() - 1L)
                .map(line -> MAPPER.readTree(line.substring(6)))
                .toList();
        StringBuilder text = new StringBuilder();
        List<String> events = new ArrayList<>();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/choices/0/delta/content").asString(""));
            String event = chunk.at("/espalier/event").asString("");
            if (!event.isEmpty()) {
                events.add(event);
                assertThat(text).as("no text before the search is done").isEmpty();
            }
        }
        assertThat(events).contains("proposed", "scored", "kept", "completed");
        JsonNode whole = chat("'model': 'default@dvts-8'");
        assertThat(text.toString())
                .isEqualTo(whole.at("/choices/0/message/content").asString());
        JsonNode last = chunks.get(chunks.size() - 2);
        assertThat(last.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        assertThat(last.at("/espalier/answer").asString()).isEqualTo("79");
        assertThat(chunks.get(chunks.size() - 1).at("/usage/total_tokens").asInt())
                .isPositive();
    }

    @Test
    void aGreedyAnswerIsStreamedTokenByToken() throws Exception {
        String body = "{'model': 'default@greedy', 'stream': true, 'messages': [{'role': 'user', 'content': '" + PROBLEM
                + "'}]";
        List<String> pieces = new ArrayList<>();
        boolean proposed = false;
        HttpResponse<Stream<String>> response =
                CLIENT.send(post("/v1/chat/completions", body + "}"), HttpResponse.BodyHandlers.ofLines());
        for (String line : (Iterable<String>) response.body()::iterator) {
            if (line.startsWith("data: {")) {
                JsonNode chunk = MAPPER.readTree(line.substring(6));
                String piece = chunk.at("/choices/0/delta/content").asString("");
                if (!piece.isEmpty()) {
                    assertThat(proposed).as("text before its step is complete").isFalse();
                    pieces.add(piece);
                }
                proposed |= chunk.at("/espalier/event").asString("").equals("proposed");
            }
        }
        assertThat(proposed).isTrue();
        assertThat(pieces).hasSizeGreaterThan(10);
        JsonNode whole = chat("'model': 'default@greedy'");
        String text = whole.at("/choices/0/message/content").asString();
        assertThat(String.join("", pieces)).isEqualTo(text);
        HttpResponse<String> cut = CLIENT.send(
                post("/v1/chat/completions", body + ", 'stop': ['Step 2'], 'espalier': {'events': false}}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(cut.body()).contains("Step 1").doesNotContain("Step 2");
    }

    @Test
    void whoGoesAwayFreesTheBranches() throws Exception {
        double before = metric("espalier_searches_cancelled_total");
        HttpResponse<InputStream> response =
                CLIENT.send(post("/v1/chat/completions", LONG_WORK), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.body().read()).isPositive();
        assertThat(metric("espalier_requests_in_flight")).isEqualTo(1);
        response.body().close();
        awaitMetric("espalier_requests_in_flight", 0);
        awaitMetric("espalier_policy_cells", 0);
        assertThat(metric("espalier_searches_cancelled_total")).isEqualTo(before + 1);
        chat("'model': 'default@greedy'");
    }

    @Test
    void whoGoesAwayTakesNoOnesConnection() throws Exception {
        List<String> fewConnections = List.of("-Djdk.httpserver.maxConnections=4");
        try (ServerProcess other = ServerProcess.start(folder.resolve("few"), fewConnections)) {
            for (int i = 0; i < 6; i++) {
                try (Socket socket =
                        new Socket("127.0.0.1", URI.create(other.url()).getPort())) {
                    String body = LONG_WORK.replace('\'', '"');
                    socket.getOutputStream()
                            .write(
                                    ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                                            .getBytes(StandardCharsets.US_ASCII));
                    assertThat(socket.getInputStream().read())
                            .as("client %d", i)
                            .isEqualTo('H');
                }
                Waiting.until(
                        "the server has noticed",
                        () -> get(other.url(), "/metrics").contains("\nespalier_requests_in_flight 0\n"));
            }
        }
    }

    @Test
    void manyClientsAreAllAnswered() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            responses.add(CLIENT.sendAsync(
                    post(
                            "/v1/chat/completions",
                            "{'model': 'default@best-of-n-4', 'seed': " + i
                                    + ", 'messages': [{'role': 'user', 'content': '" + PROBLEM + "'}]}"),
                    HttpResponse.BodyHandlers.ofString()));
        }
        for (CompletableFuture<HttpResponse<String>> response : responses) {
            assertThat(response.get(3, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
            assertThat(MAPPER.readTree(response.get().body())
                            .at("/espalier/completions")
                            .asInt())
                    .isEqualTo(4);
        }
        assertThat(metric("espalier_requests_in_flight")).isZero();
        assertThat(metric("espalier_requests_queued")).isZero();
    }

    @Test
    void aSystemMessageReplacesTheInstruction() throws Exception {
        String body = "{'model': 'default@greedy', 'max_tokens': 8, 'messages': [%s{'role': 'user', 'content': 'x'}]}";
        int own = promptTokens(body.formatted(""));
        int given = promptTokens(body.formatted("{'role': 'system', 'content': 'Count the cherries.'}, "));
        assertThat(given).isGreaterThan(own);
    }

    private static int promptTokens(String body) throws Exception {
        HttpResponse<String> response =
                CLIENT.send(post("/v1/chat/completions", body), HttpResponse.BodyHandlers.ofString());
        return MAPPER.readTree(response.body()).at("/usage/prompt_tokens").asInt();
    }

    @Test
    void aProblemThatDoesNotFitIsRefused() throws Exception {
        HttpResponse<String> response = CLIENT.send(
                post("/v1/completions", "{'model': 'default', 'prompt': '" + "one and ".repeat(5000) + "'}"),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(MAPPER.readTree(response.body()).at("/error/code").asString())
                .isEqualTo("context_length_exceeded");
    }

    @Test
    void aTextThatNoModelTakesIsRefusedWhereverItIs() throws Exception {
        String echoed = "{'model': 'default', 'echo': true, 'logprobs': 1, 'max_tokens': 0, 'prompt': '";
        // The tokenizer takes no more than 65,536 characters with nothing between them.
        for (String text : List.of("one and ".repeat(5000), "x".repeat(70_000))) {
            for (List<String> request : List.of(
                    List.of("/v1/score", "{'problem': '" + text + "', 'steps': ['It is 5.']}"),
                    List.of("/v1/rerank", "{'query': '" + text + "', 'documents': ['It is 5.']}"),
                    List.of("/v1/completions", echoed + text + "'}"),
                    List.of(
                            "/v1/messages/count_tokens",
                            "{'model': 'default', 'messages': [{'role': 'user', 'content': '" + text + "'}]}"),
                    List.of(
                            "/v1/chat/completions",
                            "{'model': 'default', 'messages': [{'role': 'user', 'content': '" + text + "'}]}"))) {
                HttpResponse<String> response =
                        CLIENT.send(post(request.get(0), request.get(1)), HttpResponse.BodyHandlers.ofString());
                boolean counts = request.get(0).endsWith("count_tokens") && text.startsWith("one");
                assertThat(response.statusCode())
                        .as(request.get(0) + response.body())
                        .isEqualTo(counts ? 200 : 400);
                assertThat(response.body()).doesNotContain("internal");
            }
        }
    }

    @Test
    void aTerminationEndsWhatRunsWithWhatItHas() throws Exception {
        try (ServerProcess other = ServerProcess.start(folder.resolve("other"), "--api-key", "secret")) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(other.url() + "/v1/chat/completions"))
                    .header("Content-Type", "application/json")
                    .header("Authorization", "Bearer secret")
                    .POST(HttpRequest.BodyPublishers.ofString(LONG_WORK.replace('\'', '"')))
                    .build();
            HttpResponse<InputStream> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.body().read()).isPositive();
            other.terminate();
            String rest = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).contains("\"stoppedBy\":\"cancelled\"").endsWith("data: [DONE]\n\n");
            assertThat(other.exitCode()).isZero();
            assertThat(folder.resolve("other")).isEmptyFile();
        }
    }

    @Test
    void whoSendsTooSlowlyIsCutOff() throws Exception {
        List<String> impatient = List.of("-Dsun.net.httpserver.maxReqTime=1");
        try (ServerProcess other = ServerProcess.start(folder.resolve("impatient"), impatient)) {
            for (String begun : List.of(
                    "GET /hea",
                    "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"
                            + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")) {
                try (Socket socket =
                        new Socket("127.0.0.1", URI.create(other.url()).getPort())) {
                    socket.setSoTimeout(30_000);
                    socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
                    assertThat(end(socket)).as(begun).isTrue();
                }
            }
            HttpResponse<String> patient = CLIENT.send(
                    HttpRequest.newBuilder(URI.create(other.url() + "/v1/chat/completions"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    LONG_WORK.replace("'stream': true, ", "").replace('\'', '"')))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            // Its search takes longer than that on most machines, and may.
            assertThat(MAPPER.readTree(patient.body()).at("/espalier/stoppedBy").asString())
                    .isEqualTo("completed");
            assertThat(folder.resolve("impatient")).isEmptyFile();
        }
    }

    /** Whether the other side ends the connection. */
    private static boolean end(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void whoListensToTheNetworkWithoutAKeyIsWarned() throws Exception {
        try (ServerProcess other = ServerProcess.start(folder.resolve("open"), "--host", "0.0.0.0")) {
            assertThat(Files.readString(folder.resolve("open")).lines())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains(other.url(), "--api-key");
        }
    }

    @Test
    void aPortThatIsInUseIsReported() {
        Cli cli = Cli.run("serve", "--port", url.substring(url.lastIndexOf(':') + 1));
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains("Address already in use", "--port");
    }

    @ParameterizedTest
    @CsvSource({"--port, 70000", "--in-flight, 0", "--queue, -1", "--max-n, 8", "-n, 6", "--api-key, ' '"})
    void whatCannotBeIsBadUsage(String option, String value) {
        Cli cli = Cli.run("serve", option, value);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains(option);
    }

    @Test
    void helpTeaches() {
        Cli cli = Cli.run("serve", "--help");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("ESPALIER_API_KEY", "default@dvts-16", "Examples:");
    }
}
