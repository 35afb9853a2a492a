package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.espalier.catalog.CatalogEntry;
import org.espalier.catalog.ModelStore;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.model.FetchListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The models that come with Espalier: what {@code solve} uses when no model is named. */
class BundledPairIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";
    private static final ModelStore STORE = ModelStore.open();

    /** The first example of the README, which is 14. */
    private static final String CHERRIES =
            "Adam has 28 cherries at home. Adam loses 19 cherries in a game against Mia. Then he donates 4 of them to"
                    + " the school, and then Adam trades every 5 cherries for one large one, and then Adam earns 13 cherries"
                    + " by helping Mia. How many cherries are there in the end?";

    private static final String PUZZLE =
            "Use each of the numbers 3, 5, 7 and 11 exactly once, with +, -, * and /, to make 24.";

    @TempDir
    private Path folder;

    private static Cli solve(String... more) {
        return Cli.solve(Stream.concat(Stream.of(PROBLEM, "--threads", "1", "-n", "4", "--json"), Stream.of(more))
                .toArray(String[]::new));
    }

    private static CatalogEntry entry(String name) {
        return STORE.catalog().get(name);
    }

    @ParameterizedTest
    @CsvSource({
        "arith-small,",
        "arith-large,",
        "arith-prm, espalier-verdict",
        "countdown-small,",
        "countdown-prm, espalier-value"
    })
    void everyModelLoadsAndSaysHowItIsUsed(String name, @Nullable String profile) {
        Path file = STORE.fetch(entry(name), FetchListener.NONE).path();
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT)) {
            assertThat(model.systemPrompt()).isEqualTo(profile == null ? "" : null);
            assertThat(model.metadata("espalier.prm_profile")).isEqualTo(profile);
            assertThat(model.chatTemplate()).isNotNull();
        }
    }

    @Test
    void thePairSolvesWithoutBeingNamed() {
        Cli cli = solve();
        assertThat(cli.complaints()).isEmpty();
        JsonNode solution = cli.json();
        assertThat(cli.code()).isEqualTo(solution.get("solution").isNull() ? ExitCode.NO_ANSWER : ExitCode.ANSWERED);
        assertThat(solution.get("method").asString()).isEqualTo("auto");
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("completed");
        assertThat(solution.get("completions"))
                .isNotEmpty()
                .allSatisfy(completion -> assertThat(completion.get("stepScores"))
                        .isNotEmpty()
                        .allSatisfy(score -> assertThat(score.asDouble()).isBetween(0.0, 1.0)));
        assertModels(solution, "policy arith-small", "prm arith-prm");
        JsonNode usage = solution.get("usage");
        assertThat(usage.get("prmTokens").asLong())
                .isPositive()
                .isEqualTo(usage.get("prmTokensUnique").asLong());
        JsonNode engine = solution.get("engine");
        assertThat(engine.get("policySeconds").asDouble()).isPositive();
        assertThat(engine.get("prmSeconds").asDouble()).isPositive();
        assertThat(engine.get("schedulingSeconds").asDouble()).isNotNegative();
        if (Files.exists(Path.of("/proc/self/status"))) {
            assertThat(engine.get("peakMemoryBytes").asLong()).isGreaterThan(20_000_000);
        }
    }

    @Test
    void aSearchFindsWhatThePolicyAloneGetsWrong() {
        for (String method : List.of("greedy", "majority")) {
            assertThat(Cli.solve(CHERRIES, "--method", method, "--json")
                            .json()
                            .get("answer")
                            .asString())
                    .isEqualTo("27");
        }
        JsonNode searched = Cli.solve(CHERRIES, "--json").json();
        assertThat(searched.get("answer").asString()).isEqualTo("14");
        assertThat(searched.get("agreement").asDouble()).isGreaterThan(0.9);
    }

    @Test
    void aPuzzleIsSolvedByThePairThatWasMadeForIt() {
        JsonNode checked = Cli.solve(PUZZLE, "--json").json();
        assertModels(checked, "policy countdown-small");
        assertThat(checked.get("answer").isNull()).isFalse();
        assertThat(checked.get("confidence").get("proved").asBoolean()).isTrue();

        Cli unchecked = Cli.solve(PUZZLE, "--no-checker", "--method", "beam", "-n", "16", "--json");
        assertModels(unchecked.json(), "policy countdown-small", "prm countdown-prm");
        assertThat(unchecked.complaints()).contains("taken for --domain countdown");
    }

    /** Every step can be checked, and the search gets what the policy alone does not. */
    @Test
    void aSearchSolvesMorePuzzlesThanThePolicyAlone() {
        double greedy = accuracy("greedy", "majority", "--no-checker");
        assertThat(accuracy("beam", "weighted") - greedy).isGreaterThan(0.4);
        assertThat(accuracy("best-of-n", "weighted", "--no-checker") - greedy).isGreaterThan(0.1);
        assertThat(accuracy("dvts", "weighted", "--no-checker") - greedy).isGreaterThan(0.15);
    }

    private double accuracy(String method, String selection, String... more) {
        List<String> arguments = new ArrayList<>(List.of("eval", "countdown", "--limit", "40", "--method", method));
        arguments.addAll(List.of("-n", "16", "--threads", "1", "--max-tokens", "96"));
        arguments.addAll(List.of(more));
        arguments.addAll(List.of("--out", folder.resolve(method).toString(), "--json", "-q"));
        for (JsonNode row : Cli.run(arguments.toArray(String[]::new)).json().get("rows")) {
            if (row.get("selection").asString().equals(selection)) {
                return row.get("accuracy").asDouble();
            }
        }
        throw new AssertionError(method + " has no result chosen by " + selection);
    }

    private static void assertModels(JsonNode solution, String... rolesAndNames) {
        List<String> found = new ArrayList<>();
        for (JsonNode model : solution.get("models")) {
            String name = model.get("name").asString();
            found.add(model.get("role").asString() + " " + name);
            assertThat(model.get("sha256").asString()).isEqualTo(entry(name).sha256());
        }
        assertThat(found).containsExactly(rolesAndNames);
    }

    @ParameterizedTest
    @CsvSource({"greedy", "majority"})
    void whereNothingIsJudgedThePrmIsNotLoaded(String method) {
        assertModels(solve("--method", method).json(), "policy arith-small");
    }

    /** A search that is never sure enough leaves doubt whatever it finds. */
    @Test
    void theLargePolicyIsAskedWhereTheSmallOneLeavesDoubt() throws Exception {
        Path tree = folder.resolve("tree.jsonl");
        JsonNode solution = solve("--stop-at", "1", "--larger-policy", "arith-large", "--tree", tree.toString())
                .json();
        assertModels(solution, "policy arith-small", "prm arith-prm", "largerPolicy arith-large");
        assertThat(solution.get("answer").asString()).isEqualTo("79");
        assertThat(solution.get("settled").asBoolean()).isFalse();
        assertThat(Files.readString(tree)).contains("The larger policy begins from the start.");

        JsonNode settled = Cli.solve(PROBLEM, "--threads", "1", "--larger-policy", "arith-large", "--json")
                .json();
        assertThat(settled.get("settled").asBoolean()).isTrue();
        assertThat(settled.get("usage").get("policyTokens").asInt())
                .isLessThan(solution.get("usage").get("policyTokens").asInt());

        Cli refused = solve("--method", "dvts", "--larger-policy", "arith-large");
        assertThat(refused.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(refused.err()).contains("--larger-policy is for --method auto or ab-mcts");

        Path run = folder.resolve("run");
        Cli sweep = Cli.run(
                "eval",
                "arith",
                "--limit",
                "2",
                "--method",
                "auto,greedy",
                "-n",
                "4",
                "--stop-at",
                "1",
                "--larger-policy",
                "arith-large",
                "--threads",
                "1",
                "--out",
                run.toString(),
                "-q");
        assertThat(sweep.code()).as(sweep.err()).isZero();
        Cli replay = Cli.run("replay", run.toString(), "arith-001", "--method", "auto", "-n", "4", "--threads", "1");
        assertThat(replay.code()).as(replay.out() + replay.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"best-of-n", "beam"})
    void theLargePolicyJudgesByLikelihood(String method) {
        JsonNode solution =
                solve("--method", method, "--prm", "likelihood:arith-large").json();
        assertModels(solution, "policy arith-small", "prm arith-large");
        assertThat(solution.get("aggregation").asString()).isEqualTo("prod");
    }

    @Test
    void thePoliciesAreGivenTheirOwnInstructionWhichIsNone() {
        int own = promptTokens();
        assertThat(own).isEqualTo(promptTokens("--system", "")).isLessThan(promptTokens("--system", "Count."));
    }

    private static int promptTokens(String... more) {
        String[] greedy = Stream.concat(Stream.of("--method", "greedy", "--max-tokens", "1"), Stream.of(more))
                .toArray(String[]::new);
        return solve(greedy).json().get("usage").get("promptTokens").asInt();
    }

    @Test
    void aPersonIsToldWhatTheDefaultPolicyIsFor() throws Exception {
        String advice = "arith-small knows arithmetic stories and nothing else";
        assertThat(errorsOnATerminal()).contains(advice);
        assertThat(errorsOnATerminal("--quiet")).isEmpty();
        assertThat(errorsOnATerminal("--policy", "arith-small")).doesNotContain(advice);
    }

    private String errorsOnATerminal(String... more) throws Exception {
        Path err = folder.resolve("err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Despalier.terminal=err",
                "org.espalier.cli.Main",
                "solve",
                PROBLEM,
                "--threads",
                "1",
                "--method",
                "greedy"));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(err);
    }

    @Test
    void theListAndTheFetchSayThatTheyAreBundled() {
        assertThat(Cli.run("models", "list").out().lines().filter(line -> line.matches("\\*  (arith|countdown)-.*")))
                .hasSize(5)
                .allMatch(line -> line.matches(".* bundled +Apache-2.0 .*"));
        Cli fetch = Cli.run("models", "fetch", "arith-small");
        assertThat(fetch.code()).isZero();
        assertThat(Path.of(fetch.out().strip())).isRegularFile();
        assertThat(fetch.err().strip()).isEqualTo("arith-small is bundled with Espalier: there is nothing to fetch");
    }
}
