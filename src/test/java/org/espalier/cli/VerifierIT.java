package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Programs and exact checkers that judge what the bundled models write. */
@Timeout(300)
class VerifierIT {
    private static final String EXAMPLE = "python3 examples/verifier-program/check.py";
    private static final String PROBLEM =
            "Adam has 28 cherries at home. Adam loses 19 cherries in a game against Mia. Then he donates 4 of them"
                    + " to the school. How many cherries are there in the end?";
    private static final String NO = "sh -c 'while read -r line; do echo 0; done'";
    private static final String COUNTDOWN =
            "Use each of the numbers 3, 5, 7 and 11 exactly once, with +, -, * and /, to make 24.";

    @TempDir
    private Path folder;

    private static Cli solve(String... more) {
        List<String> all = new ArrayList<>(List.of("-n", "8", "--threads", "1", "--json", "-q"));
        all.addAll(List.of(more));
        return Cli.solve(all.toArray(String[]::new));
    }

    private List<JsonNode> lines(Path file) throws Exception {
        JsonMapper mapper = JsonMapper.builder().build();
        return Files.readAllLines(file).stream().map(mapper::readTree).toList();
    }

    @Test
    void aProgramRefutesAloneOrBesideThePrm() throws Exception {
        Path tree = folder.resolve("tree.jsonl");
        Cli alone =
                solve(PROBLEM, "--method", "beam", "--verifier", EXAMPLE, "--prm", "none", "--tree", tree.toString());
        assertThat(alone.err()).isEmpty();
        assertThat(alone.json().at("/answer").asString()).isEqualTo("5");
        assertThat(alone.json().get("models")).hasSize(1);
        List<Double> scores = lines(tree).stream()
                .filter(node -> node.path("score").isNumber())
                .map(node -> node.get("score").asDouble())
                .distinct()
                .toList();
        assertThat(scores).as("scores").containsExactlyInAnyOrder(0.0, 1.0);
        Cli both = solve(PROBLEM, "--method", "beam", "--verifier", EXAMPLE);
        assertThat(both.json().at("/answer").asString()).isEqualTo("5");
        assertThat(both.json().get("models")).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"best-of-n", "beam", "dvts", "mcts", "auto"})
    void oneThatAlwaysRefutesEndsTheSearchAndSaysSo(String method) {
        Cli cli = Cli.solve(PROBLEM, "-n", "4", "--threads", "1", "--method", method, "--verifier", NO);
        assertThat(cli.code()).isEqualTo(ExitCode.NO_ANSWER);
        assertThat(cli.complaints()).contains("no path is left: ");
    }

    @Test
    void aPuzzleIsTakenForOneAndItsCheckerCanBeLeftOut() {
        String[] asked = {COUNTDOWN, "--policy", "arith-small", "-n", "4", "--threads", "1", "--method", "beam"};
        Cli checked = Cli.solve(asked);
        assertThat(checked.complaints())
                .contains("taken for --domain countdown, whose answers are checked exactly")
                .contains("no path is left: ");
        Cli unchecked = Cli.solve(
                Stream.concat(Stream.of(asked), Stream.of("--no-checker")).toArray(String[]::new));
        assertThat(unchecked.complaints())
                .contains("taken for --domain countdown")
                .doesNotContain("no path is left");
        Cli mathematics = Cli.solve(
                Stream.concat(Stream.of(asked), Stream.of("--domain", "math")).toArray(String[]::new));
        assertThat(mathematics.complaints()).doesNotContain("countdown");
    }

    @Test
    void aCrashFailsItsProblemAndNotTheOthers() throws Exception {
        Path problems = folder.resolve("problems.jsonl");
        Files.writeString(
                problems,
                IntStream.rangeClosed(1, 4)
                        .mapToObj(
                                i -> ("{\"id\":\"p%d\",\"problem\":\"Start with %d, then add 7. What is the result?\","
                                                + "\"answer\":\"%d\"}\n")
                                        .formatted(i, i, i + 7))
                        .reduce("", String::concat));
        String crashing =
                "sh -c 'while read -r l; do case $l in *with\\ 3*) echo lost >&2; exit 7;; *) echo 1;; esac; done'";
        Cli each = Cli.solve(
                "--each",
                "--file",
                problems.toString(),
                "-n",
                "4",
                "--method",
                "best-of-n",
                "--threads",
                "1",
                "--json",
                "-q",
                "--verifier",
                crashing);
        assertThat(each.code()).isEqualTo(ExitCode.FAILED);
        assertThat(each.err())
                .hasLineCount(1)
                .startsWith("espalier: [p3] the verifier sh -c ")
                .contains("ended with code 7 (lost) after 0 of ");
        assertThat(each.out().lines()).hasSize(3).noneMatch(line -> line.contains("\"id\":\"p3\""));
        String[] eval = {
            "eval",
            problems.toString(),
            "-n",
            "4",
            "--method",
            "greedy,best-of-n",
            "--threads",
            "1",
            "--out",
            folder.resolve("run").toString(),
            "-q",
            "--verifier",
            crashing
        };
        Cli measured = Cli.run(eval);
        assertThat(measured.code()).isEqualTo(ExitCode.FAILED);
        assertThat(measured.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("espalier: problem p3: the verifier "))
                .anyMatch(line -> line.equals("espalier: a verifier failed on 1 searches, which are not recorded"));
        assertThat(lines(folder.resolve("run/records.jsonl"))).hasSize(7);
        // Only what is missing is tried again.
        assertThat(Cli.run(eval).err()).contains("problem p3").doesNotContain("problem p1");
        Cli one = Cli.solve(
                "Start with 3, then add 7. What is the result?",
                "--method",
                "beam",
                "--threads",
                "1",
                "-q",
                "--verifier",
                crashing);
        assertThat(one.code()).isEqualTo(ExitCode.FAILED);
        assertThat(one.err()).startsWith("espalier: the verifier ").hasLineCount(1);
        assertThat(Cli.run("replay", folder.resolve("run").toString(), "p1", "--method", "greedy")
                        .err())
                .contains("a run that a program judged");
    }

    @Test
    void aPuzzlesCheckerLetsNothingWrongThrough() throws Exception {
        Cli solved = Cli.solve(
                COUNTDOWN,
                "--domain",
                "countdown",
                "--policy",
                "arith-small",
                "-n",
                "8",
                "--method",
                "best-of-n",
                "--max-tokens",
                "60",
                "--threads",
                "1",
                "--json",
                "-q");
        assertThat(solved.err()).isEmpty();
        assertThat(StreamSupport.stream(solved.json().path("completions").spliterator(), false))
                .as("ended and not refuted, by a policy that knows nothing of this")
                .noneMatch(completion -> completion.path("finished").asBoolean());
        Path puzzles = folder.resolve("countdown.jsonl");
        Cli.run("puzzles", "countdown", "--count", "4", "--level", "3", "--out", puzzles.toString());
        Path run = folder.resolve("run");
        Cli measured = Cli.run(
                "eval",
                puzzles.toString(),
                "--policy",
                "arith-small",
                "-n",
                "4",
                "--method",
                "majority,beam",
                "--max-tokens",
                "60",
                "--threads",
                "1",
                "--out",
                run.toString(),
                "-q");
        assertThat(measured.err()).isEmpty();
        assertThat(measured.code()).isEqualTo(ExitCode.ANSWERED);
        JsonNode configuration = JsonMapper.builder()
                .build()
                .readTree(Files.readString(run.resolve("run.json")))
                .path("configuration");
        assertThat(configuration.path("domain").asString()).isEqualTo("countdown");
        assertThat(configuration.path("prm").asString()).isEqualTo("none");
        for (JsonNode record : lines(run.resolve("records.jsonl"))) {
            if (record.path("method").asString().equals("beam")) {
                assertThat(StreamSupport.stream(record.path("completions").spliterator(), false))
                        .allMatch(completion -> !completion.path("finished").asBoolean()
                                || completion.path("correct").asBoolean());
            }
        }
    }

    @Test
    void aServerAnswersTheRequestsThatTheVerifierDoesNotFailOn() throws Exception {
        String crashing = "sh -c 'while read -r l; do case $l in *with\\ 3*) exit 7;; *) echo 1;; esac; done'";
        try (ServerProcess server = ServerProcess.start(
                folder.resolve("err"), "--verifier", crashing, "--method", "best-of-n", "-n", "4")) {
            // An answer that takes long has begun with 200 by then: a failure breaks it off, and the log has why.
            try {
                HttpResponse<String> refused = asked(server, "Start with 3, then add 7. What is the result?");
                assertThat(refused.statusCode()).isEqualTo(500);
                assertThat(refused.body()).contains("the verifier sh -c ", "ended with code 7 after 0 of ");
            } catch (IOException brokenOff) {
                assertThat(Files.readString(folder.resolve("err"))).contains("ended with code 7 after 0 of ");
            }
            HttpResponse<String> answer = asked(server, "Start with 4, then add 7. What is the result?");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).contains("11");
        }
    }

    private static HttpResponse<String> asked(ServerProcess server, String problem) throws Exception {
        String body =
                "{\"model\":\"default\",\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}".formatted(problem);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + "/v1/chat/completions"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
