package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ScoreIT {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    @TempDir
    private Path folder;

    private Cli score(String solution, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("solution.txt"), solution);
        String[] arguments = {"score", "--problem", PROBLEM, "--solution", file.toString(), "--threads", "1"};
        String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return Cli.run(all);
    }

    @Test
    void theBundledPrmTellsTheRightStepFromTheWrongOne() throws IOException {
        JsonNode scored = score(
                        "## Step 1: Multiply by 7: 12 * 7 = 84\n\n## Step 2: Subtract 5: 84 - 5 = 78\n\nThe answer is 78.\n",
                        "--json")
                .json();

        assertThat(scored.path("prm").asString()).isEqualTo("arith-prm");
        assertThat(scored.path("steps")).hasSize(3);
        assertThat(scored.path("steps").path(1).asString()).isEqualTo("## Step 2: Subtract 5: 84 - 5 = 78");
        assertThat(scored.path("stepScores").path(0).asDouble()).isGreaterThan(0.5);
        assertThat(scored.path("stepScores").path(1).asDouble()).isLessThan(0.5);
    }

    @Test
    void printsATableAndTheTextWithoutColoursWhereNobodyLooks() throws IOException {
        Cli cli = score("12 * 7 = 84.\n\n84 - 5 = 79.");
        assertThat(cli.code()).isZero();
        assertThat(cli.out().lines().toList())
                .anyMatch(line -> line.matches("step\\s+text\\s+score"))
                .anyMatch(line -> line.matches("1\\s+12 \\* 7 = 84\\.\\s+[01]\\.\\d{3}"))
                .anyMatch(line -> line.matches("84 - 5 = 79\\. \\[[01]\\.\\d{3}]"));
        assertThat(cli.out()).doesNotContain("\u001b");
    }

    @Test
    void refusesWhatCannotBeScored() throws IOException {
        assertThat(score(" \n").err()).contains("the solution is empty");
        assertThat(score("x", "--prm", "self").err()).contains("name a PRM or likelihood:MODEL");
        assertThat(score("x", "--problem-file", "y").err()).contains("--problem or with --problem-file");
        assertThat(Cli.run("score", "--problem", "x", "--solution", "/no/such").err())
                .contains("there is no such file");
    }
}
