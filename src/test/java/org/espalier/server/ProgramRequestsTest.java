package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.espalier.code.CodeOptions;
import org.espalier.code.CodeTask;
import org.espalier.code.Language;
import org.espalier.harness.SandboxHere;
import org.espalier.model.Problem;
import org.espalier.sandbox.Sandboxes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Requests for programs over HTTP: a scripted policy writes them, and they are run. */
@Timeout(120)
class ProgramRequestsTest {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String WRONG = "Here:\n```python\ndef f(x): return x\n```";
    private static final String RIGHT = "So:\n```py\ndef f(x): return x + 1\n```\nIt adds one.";
    private static final String ANSWER = "```python\ndef f(x): return x + 1\n```";
    private static final String TESTS = "'domain': 'code', 'tests': 'assert f(1) == 2\\nassert f(2) == 3'";

    private final WritingBackend backend = new WritingBackend();
    private EspalierServer server;

    @BeforeEach
    void start() {
        server = EspalierServer.bind("127.0.0.1", 0);
        server.start(backend, RequestReaderTest.SETTINGS);
    }

    @AfterEach
    void stop() {
        server.close();
        backend.close();
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.replace('\'', '"')))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> chat(String espalier, String more) throws Exception {
        return post(
                "/v1/chat/completions",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'Write a function f.'}], 'espalier': {"
                        + espalier + "}" + more + "}");
    }

    private static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    @Test
    void theReplyIsTheProgramThatPasses() throws Exception {
        SandboxHere.required();
        backend.policy().on("", WRONG, RIGHT, WRONG, WRONG);
        HttpResponse<String> response = chat(TESTS, "");
        JsonNode answer = json(response);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(answer.at("/choices/0/message/content").asString()).isEqualTo(ANSWER);
        assertThat(answer.at("/choices/0/finish_reason").asString()).isEqualTo("stop");
        JsonNode code = answer.at("/espalier/code");
        assertThat(code.get("solved").asBoolean()).isTrue();
        assertThat(code.get("program").asString()).isEqualTo("def f(x): return x + 1\n");
        assertThat(code.get("reason").asString()).isEqualTo("it passes all given tests");
        assertThat(code.get("language").asString()).isEqualTo("python");
        assertThat(code.at("/tests/1/text").asString()).isEqualTo("assert f(2) == 3");
        assertThat(code.at("/tests/1/passed").asBoolean()).isTrue();
        assertThat(code.at("/groups/0/slots").toString()).isEqualTo("[1]");
        assertThat(code.get("drawn").asInt()).isEqualTo(4);
        assertThat(code.get("distinct").asInt()).isEqualTo(2);
        assertThat(code.get("sandbox").asString()).isEqualTo("bubblewrap");
        assertThat(answer.at("/espalier/answer").asString()).isEqualTo("def f(x): return x + 1\n");
        assertThat(answer.at("/espalier/chosenBy").asString()).isEqualTo("execution");
        assertThat(answer.at("/espalier/warnings")).isEmpty();
        assertThat(backend.instruction()).isEqualTo(CodeTask.INSTRUCTION);
    }

    @Test
    void aSearchStepByStepCutsOffWhatCannotBeAProgram() throws Exception {
        SandboxHere.required();
        String head = "```python\ndef f(x):|";
        backend.policy()
                .on("", "```python\ndef f(x) return x|", head)
                .on(head, "    return x + 1\n```", "    return x + 1\n```");
        String steps = TESTS + ", 'method': 'beam', 'n': 2, 'beamWidth': 2, 'delimiter': '\\n\\n'";
        HttpResponse<String> response = chat(steps, "");
        JsonNode code = json(response).at("/espalier/code");
        assertThat(code.path("refuted").asInt()).as(response.body()).isEqualTo(1);
        assertThat(code.get("solved").asBoolean()).isTrue();
        assertThat(chat(TESTS + ", 'method': 'dvts', 'n': 6, 'beamWidth': 4", "")
                        .statusCode())
                .isEqualTo(400);
        assertThat(chat(TESTS + ", 'method': 'beam', 'repairs': 1", "").body()).contains("espalier.repairs");
    }

    @Test
    void countsAreOfTheRequestAlone() throws Exception {
        SandboxHere.required();
        backend.policy().on("", RIGHT);
        for (int i = 0; i < 2; i++) {
            JsonNode code = json(chat(TESTS + ", 'n': 1", "")).at("/espalier/code");
            assertThat(code.get("runs").asInt()).isEqualTo(1);
            assertThat(code.get("cpuSeconds").asDouble()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'tests': ['assert f(1) == 2', 'assert f(2) == 3'] | 2",
                "'tests': [{'input': '1', 'output': '2'}, {'output': ''}] | 2",
                "'tests': '{^input^: ^1^, ^output^: ^2^}' | 1",
            })
    void testsComeAsTextOrAsAList(String tests, int count) throws Exception {
        SandboxHere.required();
        backend.policy().on("", RIGHT);
        HttpResponse<String> response = chat("'domain': 'code', 'n': 1, " + tests.replace("^", "\\\""), "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).at("/espalier/code/tests")).hasSize(count);
    }

    @Test
    void aStreamTellsWhatEachProgramDid() throws Exception {
        SandboxHere.required();
        backend.policy().on("", WRONG, RIGHT, WRONG, WRONG);
        HttpResponse<String> response = chat(TESTS, ", 'stream': true");
        List<JsonNode> chunks = response.body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Json.MAPPER.readTree(line.substring("data: ".length())))
                .toList();
        assertThat(response.body()).endsWith("data: [DONE]\n\n");
        assertThat(chunks)
                .map(chunk -> chunk.path("espalier"))
                .filteredOn(event -> event.path("event").asString("").equals("ran"))
                .hasSize(4)
                .anySatisfy(event -> {
                    assertThat(event.get("slot").asInt()).isEqualTo(1);
                    assertThat(event.get("passed").asInt()).isEqualTo(2);
                    assertThat(event.get("failure").isNull()).isTrue();
                })
                .anySatisfy(event -> {
                    assertThat(event.get("slot").asInt()).isZero();
                    assertThat(event.get("passed").asInt()).isZero();
                    assertThat(event.get("failure").asString()).isEqualTo("1 is not 2");
                    assertThat(event.get("node").asInt()).isPositive();
                });
        StringBuilder text = new StringBuilder();
        StringBuilder thought = new StringBuilder();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/choices/0/delta/content").asString(""));
            thought.append(chunk.at("/choices/0/delta/reasoning_content").asString(""));
        }
        assertThat(text.toString()).isEqualTo(ANSWER);
        assertThat(thought.toString())
                .startsWith("Searching with programs in python, n = 16.\n")
                .contains("Program 1 passes 0 of 2 tests: 1 is not 2\n")
                .contains("Program 2 passes 2 of 2 tests\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "/v1/responses | 'input': 'Write f.' | /output/0/content/0/text",
                "/v1/messages | 'max_tokens': 99, 'messages': [{'role': 'user', 'content': 'Write f.'}] | /content/0/text",
                "/v1/completions | 'prompt': 'Write f.' | /choices/0/text",
                "/api/chat | 'stream': false, 'messages': [{'role': 'user', 'content': 'Write f.'}] | /message/content",
                "/api/generate | 'stream': false, 'prompt': 'Write f.' | /response",
            })
    void everySurfaceGivesPrograms(String path, String fields, String place) throws Exception {
        SandboxHere.required();
        backend.policy().on("", RIGHT);
        HttpResponse<String> response =
                post(path, "{'model': 'default', " + fields + ", 'espalier': {'n': 1, " + TESTS + "}}");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).at(place).asString()).as(response.body()).isEqualTo(ANSWER);
        assertThat(json(response).at("/espalier/code/solved").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'domain': 'art' | espalier.domain | must be math or code",
                "'tests': 'assert f(1) == 2' | espalier.tests | add 'espalier.domain'",
                "'domain': 'code', 'language': 'cobol' | espalier.language | choose python",
                "'domain': 'code', 'choose': 'best' | espalier.choose | choose first",
                "'domain': 'code', 'repairs': -1 | espalier.repairs | an integer from 0 to 10",
                "'domain': 'code', 'tests': '' | espalier.tests | it is empty",
                "'domain': 'code', 'tests': 7 | espalier.tests | must be the text of a file of tests",
                "'domain': 'code', 'tests': [7] | espalier.tests | must be the text of a file of tests",
                "'domain': 'code', 'method': 'mcts' | espalier.method | auto (stops when one passes)",
                "'domain': 'code', 'unsafeRun': true | espalier.unsafeRun | never run without a sandbox",
                "'unsafeRun': true | espalier.unsafeRun | never run without a sandbox",
            })
    void aWrongWishIsRefused(String espalier, String field, String message) throws Exception {
        HttpResponse<String> response = chat(espalier, "");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/param").asString()).isEqualTo(field);
        assertThat(json(response).at("/error/message").asString()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "assert f(1 == 2 | line 1",
                "x = 1 | there is no test in the tests",
            })
    void testsThatAreNoneAreRefused(String tests, String message) throws Exception {
        SandboxHere.required();
        HttpResponse<String> response = chat("'domain': 'code', 'tests': '" + tests + "'", ", 'stream': true");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/param").asString()).isEqualTo("espalier.tests");
        assertThat(json(response).at("/error/message").asString()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'stop': 'x' | stop",
                "'response_format': {'type': 'json_object'} | espalier.domain",
                "'tools': [{'type': 'function', 'function': {'name': 'g'}}] | espalier.domain",
            })
    void whatCutsOrShapesTextsIsNotForPrograms(String field, String named) throws Exception {
        HttpResponse<String> response = chat("'domain': 'code'", ", " + field);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).at("/error/param").asString()).isEqualTo(named);
    }

    @Test
    void withoutASandboxTheRefusalSaysWhatMendsIt() {
        String lack = "bubblewrap is not installed: apt-get install bubblewrap";
        try (ProgramService none = new ProgramService(() -> new Sandboxes.Finding(null, lack))) {
            SolveRequest.Program program = new SolveRequest.Program(Language.parse("python"), null, CodeOptions.USUAL);
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> none.prepare(Problem.of("Write f."), program))
                    .satisfies(refused -> {
                        assertThat(refused.status()).isEqualTo(503);
                        assertThat(refused.body().at("/error/code").asString()).isEqualTo("no_sandbox");
                        assertThat(refused).hasMessageEndingWith(lack);
                    });
        }
    }
}
