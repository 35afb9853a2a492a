package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Wrong and odd requests over HTTP: none is the server's fault, none is left without an answer, and good ones go on. */
@Timeout(300)
class RequestFuzzTest {
    private static final long SEED = 17;
    private static final int FIELDS = 6000;
    private static final int CONNECTIONS = 400;
    private static final int SURFACES = 2000;
    private static final int BATCH = 500;
    private static final int THREADS = 4;

    private static final List<String> BODY_FIELDS = List.of(
            "model",
            "messages",
            "prompt",
            "n",
            "seed",
            "stop",
            "stream",
            "stream_options",
            "temperature",
            "top_p",
            "max_tokens",
            "max_completion_tokens",
            "espalier",
            "tools",
            "tool_choice",
            "response_format",
            "logit_bias",
            "logprobs",
            "top_logprobs",
            "presence_penalty",
            "frequency_penalty",
            "repeat_penalty",
            "repeat_last_n",
            "repetition_penalty",
            "modalities",
            "best_of",
            "user",
            "unheard_of");

    private static final List<String> SEARCH_FIELDS = List.of(
            "method",
            "n",
            "choices",
            "beamWidth",
            "maxIterations",
            "lookahead",
            "aggregation",
            "selection",
            "stopAt",
            "shortest",
            "stepTokens",
            "scoreTemperature",
            "rejection",
            "exploration",
            "revisions",
            "posterior",
            "stopAtScore",
            "cutLoops",
            "speculate",
            "topK",
            "minP",
            "repeatPenalty",
            "repeatLastN",
            "budgetTokens",
            "deadline",
            "events",
            "drafts",
            "keep",
            "unheard_of");

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-0.0",
            "1",
            "2",
            "3",
            "4",
            "7",
            "8",
            "16",
            "64",
            "65",
            "-1",
            "0.5",
            "1.0",
            "0.01",
            "0.99",
            "1e-400",
            "5e-324",
            "1e308",
            "-1e308",
            "1e999",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "10000",
            "10001",
            "1000",
            "100",
            "0.9999999999999999",
            "1.0000000000000002",
            "1e3",
            "\"\"",
            "\" \"",
            "\"1\"",
            "\"NaN\"",
            "\"Infinity\"",
            "\"0s\"",
            "\"1ms\"",
            "\"99999999999h\"",
            "\"1e3s\"",
            "\"-1s\"",
            "\"0.000000001ms\"",
            "\"24h\"",
            "\"default\"",
            "\"default@greedy\"",
            "\"default@auto-64\"",
            "\"default@dvts-99999\"",
            "\"min\"",
            "\"prod\"",
            "\"last\"",
            "\"mean\"",
            "\"weighted\"",
            "\"naive\"",
            "\"majority\"",
            "\"greedy\"",
            "\"auto\"",
            "\"mcts\"",
            "\"refine\"",
            "\"revise\"",
            "\"ab-mcts\"",
            "\"beta\"",
            "\"beam\"",
            "\"dvts\"",
            "\"rebase\"",
            "\"dora\"",
            "\"particle\"",
            "\"short-m\"",
            "\"best-of-n\"",
            "\"speculative-rejection\"",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\ud83d\ude00\"",
            "[]",
            "[null]",
            "[\"a\"]",
            "[[]]",
            "[1,2]",
            "{}",
            "{\"type\":\"text\"}",
            "{\"type\":{}}",
            "{\"include_usage\":1}",
            "{\"n\":2}",
            "{\"7\":-100}",
            "{\"7\":1e3,\"-1\":0}",
            "[{\"role\":\"user\",\"content\":\"how much\"}]",
            "[{\"role\":\"user\",\"content\":[{\"type\":[],\"text\":1}]}]",
            "[{\"role\":[],\"content\":\"x\"}]");

    /** Those that a JSON tree holds as they are written. */
    private static final List<String> OTHERS = VALUES.stream()
            .filter(value -> !value.matches("-?[0-9].*") || value.matches("-?[0-9]{1,9}"))
            .toList();

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    private Path history;

    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);
    private final ExecutorService clients = Executors.newFixedThreadPool(THREADS);

    @BeforeEach
    void start() {
        ServerSettings settings = RequestReaderTest.SETTINGS;
        server.start(
                backend,
                new ServerSettings(
                        null,
                        32,
                        64,
                        64,
                        settings.budget(),
                        settings.method(),
                        settings.config(),
                        null,
                        null,
                        settings.hosts()),
                history,
                null);
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        server.close();
        backend.close();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private void assertServes() throws Exception {
        HttpResponse<String> good = post("/v1/completions", "{\"model\":\"default\",\"prompt\":\"how much\"}");
        assertThat(good.statusCode()).as(good.body()).isEqualTo(200);
        assertThat(Json.MAPPER.readTree(good.body()).at("/choices/0/text").asString(""))
                .isNotEmpty();
    }

    /** Runs cases on a few threads, and asks for something good after each batch. */
    private Map<Integer, Integer> run(int count, List<Callable<Integer>> cases) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int from = 0; from < count; from += BATCH) {
            for (Future<Integer> status : clients.invokeAll(cases.subList(from, Math.min(count, from + BATCH)))) {
                statuses.merge(status.get(), 1, Integer::sum);
            }
            assertServes();
        }
        return statuses;
    }

    private static String pick(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    /** A request in which one to three fields have other values. */
    private static String body(boolean chat, Random random) {
        Map<String, String> body = new TreeMap<>();
        Map<String, String> search = new TreeMap<>();
        body.put("model", "\"default\"");
        body.put(
                chat ? "messages" : "prompt", chat ? "[{\"role\":\"user\",\"content\":\"how much\"}]" : "\"how much\"");
        for (int i = random.nextInt(3); i >= 0; i--) {
            boolean inside = random.nextInt(3) > 0;
            (inside ? search : body).put(pick(inside ? SEARCH_FIELDS : BODY_FIELDS, random), pick(VALUES, random));
        }
        if (!search.isEmpty()) {
            body.put("espalier", object(search, random));
        }
        return object(body, random);
    }

    private static String object(Map<String, String> fields, Random random) {
        List<String> members = new ArrayList<>();
        fields.forEach((name, value) -> members.add("\"" + name + "\":" + value));
        Collections.shuffle(members, random);
        return "{" + String.join(",", members) + "}";
    }

    @Test
    void noFieldIsTheServersFault() throws Exception {
        Random random = new Random(SEED);
        List<Callable<Integer>> cases = new ArrayList<>();
        for (int i = 0; i < FIELDS; i++) {
            boolean chat = random.nextBoolean();
            String body = body(chat, random);
            cases.add(() -> {
                HttpResponse<String> response = post(chat ? "/v1/chat/completions" : "/v1/completions", body);
                assertThat(response.statusCode())
                        .as("%s: %s", body, response.body())
                        .isIn(200, 400, 404);
                boolean streamed =
                        response.headers().firstValue("Content-Type").orElse("").startsWith("text/event");
                if (streamed) {
                    assertThat(response.body())
                            .as(body)
                            .doesNotContain("\"error\"")
                            .endsWith("data: [DONE]\n\n");
                } else {
                    JsonNode answer = Json.MAPPER.readTree(response.body());
                    assertThat(answer.has("error")).as(body).isEqualTo(response.statusCode() != 200);
                    if (answer.has("error")) {
                        assertThat(answer.at("/error/param").isString())
                                .as("%s: %s", body, answer)
                                .isTrue();
                        assertThat(answer.at("/error/message").asString())
                                .doesNotContain("internal error", "Exception");
                    }
                }
                return response.statusCode();
            });
        }
        Map<Integer, Integer> statuses = run(FIELDS, cases);
        System.out.println("seed " + SEED + ", " + FIELDS + " requests by status: " + statuses);
        assertThat(statuses.get(200)).as("odd ones that are right").isGreaterThan(FIELDS / 40);
        assertThat(statuses.get(400)).isGreaterThan(FIELDS / 3);
    }

    /** A good request of each surface. */
    private static final Map<String, String> GOOD = Map.of(
            "/v1/chat/completions",
            """
            {"model":"default","messages":[{"role":"user","content":[{"type":"text","text":"how much"}]},{"role":"assistant",
            "content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"c","content":"x"}],"reasoning_effort":"none","chat_template_kwargs":{"a":[1]},
            "top_k":4,"min_p":0.1,"stop":["a"],"best_of":2}""",
            "/v1/responses",
            """
            {"model":"default","input":[{"role":"user","content":[{"type":"input_text","text":"how much"}]},{"type":"function_call",
            "call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"x"}],
            "instructions":"i","reasoning":{"effort":"none","summary":"auto"},"text":{"format":{"type":"text"}},"tools":[],
            "max_output_tokens":9,"previous_response_id":null,"store":false}""",
            "/v1/messages",
            """
            {"model":"default","max_tokens":9,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":"how much"},
            {"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":{}}]},{"role":"user","content":
            [{"type":"tool_result","tool_use_id":"c","content":"x"}]}],"stop_sequences":["a"],"metadata":{"user_id":"u"},
            "thinking":{"type":"disabled"},"tool_choice":{"type":"none"},"output_config":{"effort":"low"}}""",
            "/v1/messages/count_tokens",
            "{\"model\":\"default\",\"messages\":[{\"role\":\"user\",\"content\":\"how much\"}]}",
            "/api/chat",
            """
            {"model":"default","messages":[{"role":"user","content":"how much","images":[]}],"options":{"temperature":0.5,
            "num_predict":9,"stop":["a"],"num_ctx":9,"seed":3},"stream":false,"format":"","think":false,"keep_alive":0}""",
            "/api/generate",
            "{\"model\":\"default\",\"prompt\":\"how much\",\"system\":\"s\",\"options\":{\"top_k\":4},\"stream\":true}",
            "/api/show",
            "{\"model\":\"default\",\"verbose\":true}",
            "/v1/score",
            "{\"problem\":\"how much\",\"solutions\":[\"a\",[\"b\",\"c\"]],\"delimiter\":\"x\"}",
            "/tokenize",
            "{\"prompt\":\"how much\",\"add_special_tokens\":true,\"return_token_strs\":true,\"model\":\"default\"}",
            "/v1/rerank",
            "{\"query\":\"how much\",\"documents\":[\"a\",{\"text\":\"b\"}],\"top_n\":1,\"return_documents\":true}");

    /** Somewhere in a document there is another value, or nothing. */
    private static void spoil(JsonNode node, Random random) {
        if (node.isEmpty()) {
            return;
        }
        List<String> names = node.isObject() ? List.copyOf(node.propertyNames()) : List.of();
        int at = random.nextInt(node.size());
        JsonNode inner = node.isObject() ? node.get(names.get(at)) : node.get(at);
        if (inner.isContainer() && !inner.isEmpty() && random.nextInt(4) > 0) {
            spoil(inner, random);
            return;
        }
        JsonNode other = Json.MAPPER.readTree(pick(OTHERS, random));
        if (node instanceof ObjectNode object) {
            if (random.nextInt(5) == 0) {
                object.remove(names.get(at));
            } else {
                object.set(names.get(at), other);
            }
        } else if (node instanceof ArrayNode array) {
            array.set(at, other);
        }
    }

    @Test
    void noSurfaceIsLeftWithoutAnAnswer() throws Exception {
        Random random = new Random(SEED);
        List<String> paths = GOOD.keySet().stream().sorted().toList();
        List<Callable<Integer>> cases = new ArrayList<>();
        for (int i = 0; i < SURFACES; i++) {
            String path = paths.get(i % paths.size());
            JsonNode body = Json.MAPPER.readTree(GOOD.get(path));
            for (int times = i < paths.size() ? 0 : 1 + random.nextInt(2); times > 0; times--) {
                spoil(body, random);
            }
            boolean good = i < paths.size();
            String sent = body.toString();
            cases.add(() -> {
                HttpResponse<String> response = post(path, sent);
                assertThat(response.statusCode())
                        .as("%s %s: %s", path, sent, response.body())
                        .isIn(good ? List.of(200) : List.of(200, 400, 404));
                if (response.statusCode() != 200) {
                    JsonNode error = Json.MAPPER.readTree(response.body()).path("error");
                    String message = error.isString()
                            ? error.asString()
                            : error.path("message").asString();
                    assertThat(message)
                            .as("%s %s", path, sent)
                            .isNotBlank()
                            .doesNotContain("internal error", "Exception", "org.espalier");
                }
                return response.statusCode();
            });
        }
        Map<Integer, Integer> statuses = run(SURFACES, cases);
        System.out.println("seed " + SEED + ", " + SURFACES + " requests by status: " + statuses);
        assertThat(statuses.get(400)).isGreaterThan(SURFACES / 4);
    }

    /** Heads and framings of bodies that are wrong or lie. */
    private static String connection(Random random) {
        String good = "{\"model\":\"default\",\"prompt\":\"how much\"}";
        String method = pick(
                List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "CONNECT", "P\u00d6ST", ""),
                random);
        String path = pick(
                List.of(
                        "/v1/completions",
                        "/v1/models",
                        "/health",
                        "/metrics",
                        "/",
                        "*",
                        "",
                        "/%00",
                        "/%",
                        "//",
                        "/../../",
                        "http://evil/",
                        "/page/app.js?x=%zz",
                        "/v1/models/default%40greedy",
                        "/v1/engine",
                        "/v1/engine/models",
                        "/v1/history",
                        "/v1/history?q=%zz",
                        "/v1/history?q=%ff&limit=-1",
                        "/v1/history?" + "q&".repeat(2000),
                        "/v1/history/0000000000001-00000000",
                        "/v1/history/../../../etc/passwd",
                        "/?" + "a".repeat(3000)),
                random);
        String version = pick(List.of("HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "HTTP", ""), random);
        StringBuilder head = new StringBuilder(method + " " + path + " " + version + "\r\n");
        List<String> headers = List.of(
                "Host: localhost",
                "Host: localhost",
                "Host: localhost",
                "Host: evil.example",
                "Host:",
                "Content-Type: application/json",
                "Content-Type: application/json",
                "Content-Type: text/plain",
                "Content-Length: " + good.length(),
                "Content-Length: 0",
                "Content-Length: 5",
                "Content-Length: -1",
                "Content-Length: 1048577",
                "Content-Length: 99999999999999999999",
                "Content-Length: 0x10",
                "Transfer-Encoding: chunked",
                "Transfer-Encoding: gzip",
                "Expect: 100-continue",
                "Connection: close",
                "Connection: keep-alive",
                "Upgrade: websocket",
                "Authorization: Bearer",
                "X: " + "y".repeat(5000),
                ": nothing",
                "no colon",
                " folded: 1",
                "If-None-Match: *",
                "\u0000: 1");
        for (int i = random.nextInt(6); i >= 0; i--) {
            head.append(pick(headers, random)).append("\r\n");
        }
        head.append(random.nextInt(12) == 0 ? "\r" : "\r\n");
        String body = pick(
                List.of(
                        "",
                        good,
                        "5\r\nhello\r\n0\r\n\r\n",
                        "ffffffffff\r\nx",
                        "-1\r\nx\r\n",
                        "zz\r\n",
                        "0\r\n\r\n",
                        good.substring(0, 9),
                        "\u0000".repeat(500)),
                random);
        return head + body;
    }

    @Test
    void noConnectionIsTheServersFault() throws Exception {
        Random random = new Random(SEED);
        List<Callable<Integer>> cases = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            String sent = connection(random);
            cases.add(() -> {
                String answer = exchange(sent);
                assertThat(answer.matches("(?s)HTTP/1\\.1 50[^1].*"))
                        .as("%s\n\n%s", sent, answer)
                        .isFalse();
                return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
            });
        }
        System.out.println(
                "seed " + SEED + ", " + CONNECTIONS + " connections by status, 0 for none: " + run(CONNECTIONS, cases));
    }

    /** Sends, and says that nothing follows: what waits for more must not wait for ever. */
    private String exchange(String sent) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", URI.create(server.url()).getPort())) {
            socket.setSoTimeout(60_000);
            OutputStream out = socket.getOutputStream();
            out.write(sent.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no end of an answer to\n" + sent, e);
        } catch (IOException e) {
            return "";
        }
    }
}
