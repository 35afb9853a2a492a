package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** {@code espalier solve --server} against a real server, compared with solving without one. */
class RemoteSolveIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    @TempDir
    private static Path folder;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.start(folder.resolve("err"), "--api-key", "secret");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Cli there(String... options) {
        String[] all = new String[options.length + 5];
        System.arraycopy(options, 0, all, 0, options.length);
        System.arraycopy(
                new String[] {PROBLEM, "--server", server.url(), "--api-key", "secret"}, 0, all, options.length, 5);
        return Cli.solve(all);
    }

    @ParameterizedTest
    @CsvSource({"dvts, 8", "best-of-n, 4", "majority, 4", "greedy, 1"})
    void theOutputIsThatOfSolvingHere(String method, String n) {
        String[] options = {"--method", method, "-n", n, "--seed", "3", "--max-tokens", "200", "--json"};
        Cli remote = there(options);
        assertThat(remote.complaints()).isEmpty();
        assertThat(remote.code()).isZero();
        Cli local = Cli.solve(java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(options), java.util.stream.Stream.of(PROBLEM, "--threads", "1"))
                .toArray(String[]::new));
        JsonNode there = remote.json();
        JsonNode here = local.json();
        assertThat(there.propertyNames()).containsExactlyElementsOf(here.propertyNames());
        for (String field : List.of(
                "problem",
                "answer",
                "solution",
                "method",
                "n",
                "beamWidth",
                "aggregation",
                "selection",
                "semantics",
                "seed",
                "stoppedBy",
                "models")) {
            assertThat(there.get(field)).as(field).isEqualTo(here.get(field));
        }
        assertThat(there.get("completions")).hasSameSizeAs(here.get("completions"));
        for (int i = 0; i < here.get("completions").size(); i++) {
            for (String field : List.of("text", "answer", "answerStated", "finished", "tokens")) {
                assertThat(there.get("completions").get(i).get(field))
                        .as(field)
                        .isEqualTo(here.get("completions").get(i).get(field));
            }
        }
        assertThat(there.at("/usage/policyTokens")).isEqualTo(here.at("/usage/policyTokens"));
        assertThat(there.get("engine").isNull()).isTrue();
    }

    @Test
    void theTextIsForPeople() {
        Cli cli = there("--method", "greedy");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("Answer: 79  (one completion; confidence unknown)", "greedy -n 1: 1 completions");
    }

    @Test
    void whatABudgetLeavesIsShown() {
        Cli cli = there("--budget-tokens", "1");
        assertThat(cli.code()).isZero();
        assertThat(cli.out())
                .contains("unfinished; the only reply", "confidence low", "Stopped early: the token budget was spent");
    }

    @Test
    void theKeyIsAskedFor() {
        Cli cli = Cli.solve(PROBLEM, "--server", server.url() + "/v1", "--api-key", "wrong");
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains("--api-key", "ESPALIER_API_KEY");
    }

    @Test
    void whatTheServerRefusesIsBadUsage() {
        Cli cli = there("-n", "6", "--method", "dvts", "--beam-width", "4");
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains("multiple of");
    }

    @Test
    void nobodyThere() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Cli cli = Cli.solve(PROBLEM, "--server", "http://127.0.0.1:" + free);
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("cannot reach", "connection refused", "espalier serve");
    }

    @Test
    void somebodyElseThere() throws Exception {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        other.start();
        try {
            Cli cli = Cli.solve(
                    PROBLEM,
                    "--server",
                    "http://127.0.0.1:" + other.getAddress().getPort());
            assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err().lines()).hasSize(1).first().asString().contains("is not an Espalier server");
        } finally {
            other.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:8080", "ftp://x", "http://", "not an address"})
    void whatIsNoAddress(String address) {
        Cli cli = Cli.solve(PROBLEM, "--server", address);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains("--server must be an address");
    }

    @ParameterizedTest
    @CsvSource({"--policy, x.gguf", "--threads, 2", "--tree, t.jsonl", "--parity, sal"})
    void whatAServerCannotBeTold(String option, String value) {
        Cli cli = there(option, value);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err().lines()).hasSize(1).first().asString().contains(option, "--server");
    }
}
