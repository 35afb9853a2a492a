package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.espalier.catalog.ModelStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Gemma 3 270M, a base model with a sliding-window cache and a vocabulary of 262,144 tokens. */
class GemmaIT {
    private static final String MODEL = "gemma-3-270m";

    /** A developer is not made to download 230 MB; continuous integration is. */
    @BeforeAll
    static void needsTheModel() {
        ModelStore store = ModelStore.open();
        boolean wanted = store.isPresent(store.catalog().get(MODEL)) || "true".equals(System.getenv("CI"));
        assumeTrue(wanted, MODEL + " is not on this disk: 'espalier models fetch " + MODEL + "' brings it");
    }

    private static JsonNode solve(String method, String n, String tokens, String... more) {
        String[] common = {
            "What is 12 * 7 - 5? Let us go step by step.",
            "--policy",
            MODEL,
            "--template",
            "none",
            "--system",
            "",
            "--method",
            method,
            "-n",
            n,
            "--max-tokens",
            tokens,
            "--json"
        };
        String[] all = java.util.Arrays.copyOf(common, common.length + more.length);
        System.arraycopy(more, 0, all, common.length, more.length);
        return Cli.solve(all).json();
    }

    @ParameterizedTest
    @CsvSource({"greedy, 1", "majority, 8", "best-of-n, 4", "beam, 8", "dvts, 8"})
    void everyMethodRuns(String method, String n) {
        JsonNode solution = solve(method, n, "48");
        assertThat(solution.get("stoppedBy").asString()).isEqualTo("completed");
        assertThat(solution.get("completions")).isNotEmpty();
    }

    @Test
    void moreBranchesThanTheCacheHasIds() {
        assertThat(solve("majority", "300", "4").get("completions")).hasSize(300);
    }

    @Test
    void theSameSeedGivesTheSameCompletions() {
        assertThat(solve("dvts", "8", "48").get("completions"))
                .isEqualTo(solve("dvts", "8", "48").get("completions"));
    }

    /** Longer than the window of 512 tokens: what was shared must still be there for the branches. */
    @Test
    void aPromptLongerThanTheWindowIsShared() {
        StringBuilder problem = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            problem.append("Box ").append(i).append(" holds ").append(i * 7).append(" pears. ");
        }
        JsonNode solution = Cli.solve(
                        problem + "How many pears does box 3 hold?",
                        "--policy",
                        MODEL,
                        "--template",
                        "none",
                        "--system",
                        "",
                        "--method",
                        "majority",
                        "-n",
                        "4",
                        "--max-tokens",
                        "16",
                        "--json")
                .json();
        JsonNode usage = solution.get("usage");
        assertThat(usage.get("promptTokens").asInt()).isGreaterThan(1000);
        assertThat(usage.get("policyTokensDecoded").asInt())
                .isLessThanOrEqualTo(usage.get("promptTokens").asInt()
                        + usage.get("policyTokens").asInt());
    }
}
