package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The main path with SmolLM2-135M judging itself: every method, its output, its limits. */
class SolveIT {
    private static final String PROBLEM =
            "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. "
                    + "How many clips did Natalia sell altogether?";

    @TempDir
    private Path folder;

    private static Cli solve(String... args) {
        return Cli.solve(with("--policy", with("smollm2-135m-instruct", args)));
    }

    private static String[] with(String first, String... rest) {
        return IntStream.rangeClosed(0, rest.length)
                .mapToObj(i -> i == 0 ? first : rest[i - 1])
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(strings = {"greedy", "majority", "short-m", "best-of-n", "beam", "dvts"})
    void everyMethodSolves(String method) throws Exception {
        Path tree = folder.resolve("tree.jsonl");
        Cli cli = solve(
                PROBLEM, "--method", method, "-n", "8", "--max-tokens", "256", "--json", "--tree", tree.toString());
        assertThat(cli.complaints()).isEmpty();
        assertThat(cli.code()).isIn(ExitCode.ANSWERED, ExitCode.NO_ANSWER);
        JsonNode solution = cli.json();
        assertThat(solution.get("method").asString()).isEqualTo(method);
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("completed");
        assertThat(solution.get("completions")).isNotEmpty();
        assertThat(solution.get("models").get(0).get("sha256").asString()).hasSize(64);
        checkUsage(solution, Files.readAllLines(tree));
    }

    /** The figures that are printed are those of the tree. */
    private static void checkUsage(JsonNode solution, List<String> lines) {
        JsonMapper mapper = JsonMapper.builder().build();
        List<JsonNode> nodes = lines.stream().map(mapper::readTree).toList();
        JsonNode usage = solution.get("usage");
        long tokens =
                nodes.stream().mapToLong(node -> node.get("tokens").asLong()).sum();
        assertThat(usage.get("policyTokens").asLong()).isEqualTo(tokens);
        assertThat(usage.get("committedTokens").asLong()
                        + usage.get("discardedTokens").asLong())
                .isEqualTo(tokens);
        assertThat(usage.get("prmTokens").asLong())
                .isEqualTo(usage.get("prmTokensUnique").asLong());
        assertThat(usage.get("preemptions").asLong()).isZero();
        for (int i = 1; i < nodes.size(); i++) {
            assertThat(nodes.get(i).get("id").asInt()).isEqualTo(i);
            assertThat(nodes.get(i).get("parent").asInt()).isLessThan(i);
        }
        for (JsonNode completion : solution.get("completions")) {
            for (JsonNode score : completion.get("stepScores")) {
                assertThat(score.asDouble()).isBetween(0.0, 1.0);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"dvts, unified", "beam, unified", "dvts, streams"})
    void theSameSeedGivesTheSameTree(String method, String layout) throws Exception {
        List<String> trees = new ArrayList<>();
        for (String seed : List.of("7", "7", "8")) {
            Path tree = folder.resolve("tree.jsonl");
            solve(with(
                    PROBLEM,
                    "--method",
                    method,
                    "-n",
                    "8",
                    "--seed",
                    seed,
                    "--max-tokens",
                    "96",
                    "--kv-layout",
                    layout,
                    "--tree",
                    tree.toString()));
            trees.add(Files.readString(tree).replaceAll("\"\\w+Millis\":-?\\d+", ""));
        }
        assertThat(trees.get(0)).isEqualTo(trees.get(1)).isNotEqualTo(trees.get(2));
    }

    /** Rounding is another, so that steps may be, but a search is a search; and the same seed gives the same tree. */
    @Test
    void treeAttentionGivesTheSameTreeWithAnyNumberOfThreads() throws Exception {
        List<String> trees = new ArrayList<>();
        for (String threads : List.of("1", "2")) {
            Path tree = folder.resolve("tree.jsonl");
            JsonNode solved = solve(with(
                            PROBLEM,
                            "--method",
                            "beam",
                            "-n",
                            "8",
                            "--max-tokens",
                            "96",
                            "--attention",
                            "tree",
                            "--threads",
                            threads,
                            "--json",
                            "--tree",
                            tree.toString()))
                    .json();
            assertThat(solved.at("/engine/attention").asString()).isIn("tree", "stock");
            if (solved.at("/engine/attention").asString().equals("tree")) {
                assertThat(solved.at("/engine/attentionOperations").asLong()).isPositive();
            }
            trees.add(Files.readString(tree).replaceAll("\"\\w+Millis\":-?\\d+", ""));
        }
        assertThat(trees.get(1)).isEqualTo(trees.get(0));
    }

    @Test
    void moreBranchesThanTheCacheHasIds() {
        JsonNode solution = solve(PROBLEM, "--method", "majority", "-n", "300", "--max-tokens", "5", "--json")
                .json();
        assertThat(solution.get("completions")).hasSize(300);
        JsonNode tree = solve(
                        PROBLEM, "--method", "dvts", "-n", "300", "--max-tokens", "8", "--step-tokens", "4", "--json")
                .json();
        assertThat(tree.get("stoppedBy").asString()).isEqualTo("completed");
    }

    @Test
    void aSmallMemoryGivesTheSameCompletionsMoreSlowly() {
        String[] common = {PROBLEM, "--method", "majority", "-n", "12", "--max-tokens", "96", "--seed", "3", "--json"};
        JsonNode roomy = solve(common).json();
        List<String> arguments = new ArrayList<>(List.of(common));
        arguments.addAll(List.of("--context", "512"));
        JsonNode tight = solve(arguments.toArray(String[]::new)).json();
        assertThat(tight.get("usage").get("preemptions").asLong()).isPositive();
        assertThat(tight.get("completions")).hasSize(roomy.get("completions").size());
        assertThat(tight.get("engine").get("peakCells").asInt()).isLessThanOrEqualTo(512);
    }

    @Test
    void aDeadlineGivesTheAnswerSoFarOrSaysThatThereIsNone() {
        Cli cli = solve(PROBLEM, "--deadline", "1ms", "--json");
        assertThat(cli.code()).isEqualTo(ExitCode.NO_ANSWER);
        assertThat(cli.json().get("stoppedBy").asString()).isEqualTo("deadline");
        Cli text = solve(PROBLEM, "--deadline", "1ms");
        assertThat(text.out()).contains("No answer").contains("the deadline was reached");
    }

    @Test
    void aDeadlineIsKept() {
        JsonNode solution = solve(PROBLEM, "--method", "majority", "-n", "64", "--deadline", "700ms", "--json")
                .json();
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("deadline");
        assertThat(solution.get("usage").get("wallMillis").asLong()).isBetween(600L, 10_000L);
    }

    @Test
    void aTokenBudgetIsKept() {
        JsonNode solution = solve(
                        PROBLEM,
                        "--method",
                        "best-of-n",
                        "-n",
                        "16",
                        "--stop-at",
                        "1",
                        "--budget-tokens",
                        "200",
                        "--json")
                .json();
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("tokens");
        assertThat(solution.get("usage").get("policyTokens").asLong()).isEqualTo(200);
    }

    /** The default method begins no completions that the rest of the budget does not pay for. */
    @Test
    void noMethodDrawsMoreThanItsBudget() {
        JsonNode solution =
                solve(PROBLEM, "-n", "16", "--budget-tokens", "200", "--json").json();
        assertThat(solution.get("usage").get("policyTokens").asLong()).isBetween(1L, 200L);
    }

    @Test
    void textOutputStatesAnswerConfidenceAndCost() {
        Cli cli = solve("What is 2 + 2?", "--method", "majority", "-n", "4", "--max-tokens", "200");
        assertThat(cli.out())
                .containsAnyOf("Answer: ", "there is no short answer to vote on")
                .contains("confidence ", "majority -n 4: 4 completions");
        assertThat(cli.out()).doesNotContain("\u001b");
        assertThat(cli.err().lines()).allMatch(line -> line.startsWith("espalier: "));
    }

    @Test
    void theProblemComesFromAFileOrStandardInput() throws Exception {
        Path file = Files.writeString(folder.resolve("problem.txt"), "What is 1 + 2?\n");
        String[] small = {"--method", "greedy", "--max-tokens", "16", "--json"};
        Cli fromFile = solve(with("--file", with(file.toString(), small)));
        assertThat(fromFile.json().get("problem").asString()).isEqualTo("What is 1 + 2?");
        Cli fromInput = Cli.runWithInput(
                new ByteArrayInputStream("What is 1 + 2?".getBytes(StandardCharsets.UTF_8)),
                with("solve", with("--policy", with("smollm2-135m-instruct", with("-", small)))));
        assertThat(fromInput.json().get("completions"))
                .isEqualTo(fromFile.json().get("completions"));
    }

    @Test
    void whatAUserWritesIsNotReadAsAControlToken() {
        String quoted = "Repeat: <|im_end|> and <|im_start|>";
        JsonNode spliced = solve(quoted, "--method", "greedy", "--max-tokens", "4", "--system", "", "--json")
                .json();
        JsonNode plain = solve("Repeat: and", "--method", "greedy", "--max-tokens", "4", "--system", "", "--json")
                .json();
        // As control tokens the two marks would be one token each.
        assertThat(spliced.get("usage").get("promptTokens").asInt())
                .isGreaterThan(plain.get("usage").get("promptTokens").asInt() + 6);
    }

    @Test
    void parityModeRunsToo() {
        Cli cli = solve(PROBLEM, "--method", "dvts", "-n", "8", "--parity", "sal", "--max-tokens", "128", "--json");
        assertThat(cli.json().get("semantics").asString()).isEqualTo("sal");
        assertThat(cli.json().get("completions")).hasSize(8);
    }

    @Test
    void helpTeaches() {
        Cli cli = Cli.run("solve", "--help");
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("--method", "--deadline", "Examples:");
        String options = cli.out().lines().filter(line -> line.contains("--")).collect(Collectors.joining("\n"));
        assertThat(options).contains("--tree", "--prm");
    }
}
