package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code bench} with the smallest bundled model. */
class BenchIT {
    private static JsonNode bench(String layout, int branches) {
        return bench(layout, branches, "stock");
    }

    private static JsonNode bench(String layout, int branches, String attention) {
        Cli cli = Cli.run(
                "bench",
                "--policy",
                "arith-small",
                "--json",
                "--runs",
                "1",
                "--kv-layout",
                layout,
                "--attention",
                attention,
                "--branches",
                String.valueOf(branches),
                "--prefix",
                "40",
                "--tokens",
                "20");
        assertThat(cli.code()).as(cli.err()).isZero();
        return cli.json();
    }

    @Test
    void branchesShareTheirPrefixAndNothingIsHeldTwice() {
        JsonNode run = bench("unified", 16);
        assertThat(run.get("tokensPerSecond").asDouble()).isPositive();
        assertThat(run.get("outsideNative").asDouble()).isBetween(0.0, 1.0);
        assertThat(run.get("sampling").asDouble()).isBetween(0.0, 1.0);
        assertThat(run.get("liveTokens").asInt()).isBetween(16 * 19 + 38, 16 * 19 + 42);
        assertThat(run.get("peakCells").asDouble() / run.get("liveTokens").asDouble())
                .isBetween(0.99, 1.05);
    }

    @Test
    void autoIsWhatASearchWouldGet() {
        assertThat(bench("auto", 16).get("layout").asString()).isEqualTo("unified");
        assertThat(bench("auto", 64).get("layout").asString()).isEqualTo("streams");
        JsonNode tree = bench("auto", 64, "tree");
        assertThat(tree.get("layout").asString())
                .isEqualTo(tree.get("attention").asString().equals("tree") ? "unified" : "streams");
    }

    /** One operation for each layer of each decode; where the branches have a cache each llama.cpp's own runs. */
    @Test
    void saysWhichAttentionRan() {
        assertThat(bench("unified", 8).get("attention").asString()).isEqualTo("stock");
        assertThat(bench("streams", 8, "tree").get("attention").asString()).isEqualTo("stock");
        JsonNode tree = bench("unified", 8, "tree");
        assumeThat(tree.get("attention").asString())
                .as("a processor with a kernel for it")
                .isEqualTo("tree");
        assertThat(tree.get("attentionOperations").asLong()).isGreaterThanOrEqualTo(20);
    }

    /** More than llama.cpp has ids beside the prefix's own. */
    @Test
    void asManyBranchesAsThereAreIds() {
        assertThat(bench("unified", 256).get("branches").asInt()).isEqualTo(256);
    }
}
