package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.espalier.harness.HostileServer;
import org.espalier.harness.HostileServer.Reply;
import org.espalier.model.Budget;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.SolutionDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code solve --server} against servers that lie: each ends it with one line, soon, and in little memory. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileReplyTest {
    private static final String EVENTS =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    private static final String DONE = "data: [DONE]\n\n";
    private static final String FIRST =
            "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"5\"}}]}\n\n";
    private static final String USAGE =
            "{\"promptTokens\":1,\"policyTokens\":1,\"committedTokens\":1,\"discardedTokens\":0,\"duplicatedTokens\":0,"
                    + "\"sharedTokens\":0,\"prmTokens\":0,\"prmTokensUnique\":0,\"policyTokensDecoded\":1,\"decodeSteps\":1,"
                    + "\"preemptions\":0,\"wallMillis\":1,\"tokensPerSecond\":1.5}";
    private static final String CHOICE =
            "{\"place\":0,\"answer\":\"5\",\"answerStated\":true,\"score\":null,\"stepScores\":[0.5],\"finished\":true,"
                    + "\"tokens\":1,\"logProb\":-0.5}";
    private static final String REPORT = "{\"answer\":\"5\",\"method\":\"majority\",\"n\":4,\"beamWidth\":4,"
            + "\"aggregation\":\"last\",\"selection\":\"majority\",\"semantics\":\"OWN\",\"seed\":42,\"choices\":["
            + CHOICE
            + "],\"votes\":[{\"answer\":\"5\",\"key\":\"5\",\"count\":1,\"weight\":0.0}],\"agreement\":1.0,"
            + "\"chosenBy\":\"only\",\"confidence\":{\"level\":\"unknown\",\"share\":1.0,\"shareLow\":0.2,"
            + "\"shareHigh\":1.0,\"belief\":null,\"agreeing\":1,\"finished\":1,\"proved\":false},"
            + "\"warnings\":[{\"code\":\"base-model\",\"message\":\"a base model\"}],"
            + "\"stoppedBy\":\"completed\",\"settled\":false,\"prmBlind\":false,\"usage\":" + USAGE
            + ",\"models\":[{\"role\":\"policy\",\"name\":\"m\",\"sha256\":null}]}";
    /** What a lie about time runs into; the others have time, for the machine may be busy. */
    private static final ServerLimits HASTY = limits(Duration.ofSeconds(1));

    private static final ServerLimits PATIENT = limits(Duration.ofMinutes(1));

    private static ServerLimits limits(Duration patience) {
        return new ServerLimits(patience, patience, Duration.ofSeconds(1), 200_000, 2_000_000, 100_000);
    }

    private record Lie(String name, String expected, Reply reply) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Lie lie(String name, String expected, Reply reply) {
        return new Lie(name, expected, reply);
    }

    private static Lie says(String name, String expected, String... pieces) {
        return lie(name, expected, (request, number, wire) -> wire.send(String.join("", pieces)));
    }

    /** What is honest but for a change of the report. */
    private static Lie changed(String name, String expected, UnaryOperator<String> change) {
        String report = change.apply(REPORT);
        assertThat(report).as(name).isNotEqualTo(REPORT);
        return says(name, expected, EVENTS, FIRST, last(report), DONE);
    }

    private static Lie changed(String name, String expected, String from, String to) {
        return changed(name, expected, report -> report.replace(from, to));
    }

    private static String last(String report) {
        return "data: {\"id\":\"a\",\"choices\":[{\"index\":0,\"delta\":{}}],\"espalier\":" + report + "}\n\n";
    }

    private static byte[] bomb() {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(new byte[10_000_000]);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Lie> lies() {
        String unreadable = "the server's answer cannot be read";
        return Stream.of(
                says("closes at once", "cannot reach|is not", ""),
                lie("says nothing", "has said nothing for 1 s", (request, number, wire) -> wire.silence()),
                says("another protocol", "is not an Espalier server: its answer is not HTTP", "SSH-2.0-x\r\n\r\n"),
                says("HTTP 0.9", "its answer is not HTTP|cut", "<html>hello</html>\r\n\r\n"),
                lie(
                        "garbage without end",
                        "is not an Espalier|cut",
                        (request, number, wire) -> wire.forEver("\u0000\u00ff")),
                lie("a header without end", "is not an Espalier", (request, number, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nX: ").forEver("x");
                }),
                lie("headers without end", "is not an Espalier", (request, number, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\n").forEver("X: y\r\n");
                }),
                lie("headers byte by byte", "has said nothing", (request, number, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nX: ").drip("x", 50);
                }),
                lie("100 Continue without end", "is not an Espalier|has said nothing", (request, number, wire) -> {
                    wire.forEver("HTTP/1.1 100 Continue\r\n\r\n");
                }),
                says("a redirect to a file", "answers 302", "HTTP/1.1 302 F\r\nLocation: file:///etc/passwd\r\n\r\n"),
                says("a redirect to itself", "answers 307", "HTTP/1.1 307 F\r\nLocation: /v1/chat/completions\r\n\r\n"),
                says("a page", "does not send events", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>"),
                says("no type", "does not send events", "HTTP/1.1 200 OK\r\n\r\n" + FIRST + DONE),
                says(
                        "a length that is none",
                        "is not|cut|cannot reach",
                        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
                lie("a bomb", "compresses what it sends", (request, number, wire) -> {
                    wire.send(EVENTS.replace("Connection", "Content-Encoding: gzip\r\nConnection"))
                            .send(bomb());
                }),
                lie("a body without end", "is not an Espalier server: it sends a line", (request, number, wire) -> {
                    wire.send(EVENTS).forEver("data: ");
                }),
                lie("lines without end", "sends more than 2000000 bytes", (request, number, wire) -> {
                    wire.send(EVENTS).forEver("x\n");
                }),
                lie("text without end", "longer than 100000 characters", (request, number, wire) -> {
                    wire.send(EVENTS).forEver(FIRST.replace("\"5\"", "\"" + "5".repeat(10_000) + "\""));
                }),
                lie("an error without end", "answers 500|is not an Espalier", (request, number, wire) -> {
                    wire.send("HTTP/1.1 500 Oops\r\n\r\n").forEver("{\"error\":");
                }),
                lie("half a character", "is not UTF-8", (request, number, wire) -> {
                    wire.send(EVENTS).send("data: {\"id\":\"\u00e2\u0082\"}\n");
                }),
                says("no JSON", "is not JSON", EVENTS, "data: {\"id\":\n\n", DONE),
                says("no object", "is not a JSON object", EVENTS, "data: [1]\n\n", DONE),
                says("NaN", "is not JSON", EVENTS, "data: {\"espalier\":{\"agreement\":NaN}}\n\n", DONE),
                says(
                        "deep nesting",
                        "is not JSON",
                        EVENTS,
                        "data: {\"espalier\":" + "[".repeat(100_000) + "\n\n",
                        DONE),
                says("nothing but the end", "without a report", EVENTS, DONE),
                says("no report", "without a report", EVENTS, FIRST, DONE),
                says("no end", "before the search was done", EVENTS, FIRST, last(REPORT)),
                says("two reports", "two reports", EVENTS, FIRST, last(REPORT), last(REPORT), DONE),
                says("a report of nothing", unreadable, EVENTS, FIRST, last("{}"), DONE),
                says("a report that is none", unreadable, EVENTS, FIRST, last("null"), DONE),
                says("a report in a list", unreadable, EVENTS, FIRST, last("[]"), DONE),
                changed(
                        "an answer of its own kind",
                        "answer has to be a string or null",
                        "\"answer\":\"5\"",
                        "\"answer\":5"),
                changed("no usage", "usage has to be an object", ",\"usage\":" + USAGE, ""),
                changed("usage that is a text", "usage has to be an object", USAGE, "\"much\""),
                changed("tokens that are a text", "usage.policyTokens", "\"policyTokens\":1", "\"policyTokens\":\"x\""),
                changed("fewer than no tokens", "usage.policyTokens", "\"policyTokens\":1", "\"policyTokens\":-1"),
                changed("more tokens than there are", "usage.wallMillis", "Millis\":1", "Millis\":1" + "0".repeat(400)),
                changed("infinitely many", "agreement has to be a number", "\"agreement\":1.0", "\"agreement\":1e999"),
                changed("n that is no number", "n has to be", "\"n\":4", "\"n\":null"),
                changed("n that is too large", "n has to be", "\"n\":4", "\"n\":4000000000"),
                changed("an unknown method", "method has to be one of", "\"majority\",\"n\"", "\"magic\",\"n\""),
                changed("an unknown reason", "does not know its stoppedBy", "\"completed\"", "\"boredom\""),
                changed("choices that are none", "choices has to be a list", "[" + CHOICE + "]", "7"),
                changed("a choice that is none", "choices has to be a list of objects", CHOICE, "null"),
                changed("more choices than texts", "2 completions and sent 1", CHOICE, CHOICE + "," + CHOICE),
                changed("no choices", "0 completions and sent 1", CHOICE, ""),
                changed("a place that is none", "choices[0].place", "\"place\":0", "\"place\":-3"),
                changed("scores that are none", "choices[0].stepScores", "[0.5]", "[\"x\"]"),
                changed("votes that are none", "votes[0].count", "\"count\":1", "\"count\":{}"),
                changed(
                        "models that are none",
                        "models has to be",
                        report -> report.substring(0, report.indexOf("\"models\"")) + "\"models\":{\"a\":1}}"),
                says(
                        "a choice too far",
                        "is not the next one",
                        EVENTS,
                        FIRST.replace("\"index\":0", "\"index\":2000000000")),
                says("choices without end", "is not the next one", EVENTS, FIRST, many(10)),
                says(
                        "an index that is none",
                        "is not the next one",
                        EVENTS,
                        FIRST.replace("\"index\":0", "\"index\":-1")),
                says(
                        "a failure",
                        "the server failed: it is [31m hot",
                        EVENTS,
                        FIRST,
                        "data: {\"error\":{\"message\":\"it is \\u001b[31m\\nhot\"}}\n\n"),
                says("a failure that is none", "the server failed", EVENTS, "data: {\"error\":7}\n\n"),
                lie("silence after the headers", "has said nothing", (request, number, wire) -> {
                    wire.send(EVENTS).silence();
                }),
                lie("silence in between", "has said nothing", (request, number, wire) -> {
                    wire.send(EVENTS + FIRST).silence();
                }),
                lie("a beat without end", "1 s after the deadline", (request, number, wire) -> {
                    wire.send(EVENTS + FIRST).drip(": waiting\n\n", 50);
                }));
    }

    /** A first piece of each of so many choices. */
    private static String many(int count) {
        StringBuilder pieces = new StringBuilder();
        for (int i = 1; i < count; i++) {
            pieces.append(FIRST.replace("\"index\":0", "\"index\":" + i));
        }
        return pieces.toString();
    }

    private static RemoteSolver.Found solve(HostileServer server, ServerLimits limits) {
        ServerClient client = new ServerClient(server.uri("").toString(), null, limits);
        return solve(new RemoteSolver(client, "default"), () -> {});
    }

    private static RemoteSolver.Found solve(RemoteSolver solver, Runnable begun) {
        return solver.solve(
                Problem.of("What is 2 + 3?"),
                SearchMethod.MAJORITY,
                SearchConfig.builder().n(4).build(),
                new Budget(Long.MAX_VALUE, Duration.ofMillis(500)),
                null,
                begun);
    }

    @ParameterizedTest
    @MethodSource("lies")
    void endsWithOneLine(Lie lie) throws IOException {
        try (HostileServer server = new HostileServer(lie.reply())) {
            boolean hasty = lie.expected().contains("after the deadline")
                    || lie.expected().contains("has said nothing");
            assertThatThrownBy(() -> solve(server, hasty ? HASTY : PATIENT))
                    .isInstanceOf(EspalierException.class)
                    .isNotInstanceOf(UsageException.class)
                    .satisfies(e -> {
                        assertThat(e.getMessage().lines()).hasSize(1);
                        assertThat(e.getMessage())
                                .hasSizeLessThan(600)
                                .doesNotContain("Exception", "\u001b")
                                .containsPattern(lie.expected().replace("[", "\\["));
                    });
        }
    }

    @Test
    void thereAreEnoughOfThem() {
        assertThat(lies()).hasSizeGreaterThanOrEqualTo(34);
    }

    @Test
    void whatIsHonestIsTaken() throws IOException {
        String all = EVENTS + ": waiting\n\n" + FIRST + last(REPORT) + DONE;
        try (HostileServer server = new HostileServer((request, number, wire) -> wire.send(all))) {
            SolutionDocument solution = solve(server, PATIENT).solution();
            assertThat(solution.outcome().answer()).isEqualTo("5");
            assertThat(solution.completions()).hasSize(1);
            assertThat(solution.outcome().votes()).hasSize(1);
        }
    }

    @Test
    void whatComesBehindTheEndIsNotWaitedFor() throws IOException {
        Reply reply = (request, number, wire) ->
                wire.send(EVENTS + FIRST + last(REPORT) + DONE).forEver("data: {\"error\":1}\n\n");
        try (HostileServer server = new HostileServer(reply)) {
            assertThat(solve(server, PATIENT).solution().outcome().answer()).isEqualTo("5");
        }
    }

    @Test
    void aRefusalIsOneLine() throws IOException {
        String body = "{\"error\":{\"message\":\"no\\n\\u001b[31m" + "x".repeat(1000) + "\"}}";
        Reply reply = (request, number, wire) -> wire.send("HTTP/1.1 400 Bad\r\nConnection: close\r\n\r\n" + body);
        try (HostileServer server = new HostileServer(reply)) {
            assertThatThrownBy(() -> solve(server, PATIENT))
                    .isInstanceOf(UsageException.class)
                    .satisfies(e -> assertThat(e.getMessage())
                            .hasLineCount(1)
                            .hasSizeLessThan(400)
                            .doesNotContain("\u001b"));
        }
    }

    @Test
    void aServerThatDoesNotStopIsGivenUp() throws Exception {
        Reply reply = (request, number, wire) -> {
            if (request.startsWith("POST /v1/search/stop")) {
                wire.silence();
            }
            wire.send(EVENTS + FIRST).drip(": waiting\n\n", 50);
        };
        CountDownLatch begun = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(reply)) {
            RemoteSolver solver =
                    new RemoteSolver(new ServerClient(server.uri("").toString(), null, PATIENT), "default");
            Thread interrupter = new Thread(() -> {
                try {
                    begun.await();
                    solver.stop();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            interrupter.start();
            assertThatThrownBy(() -> solve(solver, begun::countDown))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("did not end the search when it was asked to");
            interrupter.join();
            assertThat(server.requests()).anyMatch(head -> head.startsWith("POST /v1/search/stop"));
        }
    }

    @Test
    void interruptingEndsAtOnceWhatHasNotBegun() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        Reply silent = (request, number, wire) -> {
            asked.countDown();
            wire.silence();
        };
        try (HostileServer server = new HostileServer(silent)) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "solve",
                            "What is 2 + 3?",
                            "--server",
                            server.uri("").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                asked.await();
                process.destroy();
                // It would wait for a minute of silence otherwise.
                assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(143);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void aPortThatIsNoneIsBadUsage() {
        for (String address : List.of("http://127.0.0.1:99999", "http://[::1", "http://a b", "file:///etc/passwd")) {
            Cli cli = Cli.solve("x", "--server", address);
            assertThat(cli.code()).as(address).isEqualTo(ExitCode.BAD_USAGE);
            assertThat(cli.err().getBytes(StandardCharsets.UTF_8)).asString().hasLineCount(1);
        }
    }
}
