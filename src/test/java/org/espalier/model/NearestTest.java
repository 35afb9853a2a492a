package org.espalier.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {
    private static final List<String> NAMES = List.of(
            "solve",
            "serve",
            "score",
            "rollouts",
            "help",
            "models",
            "--policy",
            "--policy-adapter",
            "--max-tokens",
            "--max-iterations",
            "best-of-n",
            "dvts",
            "gsm8k",
            "math500");

    @ParameterizedTest
    @CsvSource({
        "slove, solve",
        "sevre, serve",
        "model, models",
        "--polcy, --policy",
        "--polic, --policy",
        "--maxtokens, --max-tokens",
        "--max_tokens, --max-tokens",
        "bestofn, best-of-n",
        "Best of N, best-of-n",
        "dtvs, dvts",
        "gms8k, gsm8k",
        "math, math500"
    })
    void theNameThatWasMeant(String typed, String meant) {
        assertThat(Nearest.to(typed, NAMES)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"xyzzy", "train", "--colour", "q", "''"})
    void nothingIsBetterThanAWildGuess(String typed) {
        assertThat(Nearest.to(typed, NAMES)).isEmpty();
        assertThat(Nearest.question(typed, NAMES)).isEmpty();
    }

    @Test
    void theQuestionFollowsAMessage() {
        assertThat(Nearest.question("slove", NAMES)).isEqualTo("; did you mean solve?");
    }
}
