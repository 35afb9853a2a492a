package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** With the bundled models. */
class ReplayIT {
    private static final String ID = "arith-001";

    @TempDir
    private Path folder;

    @BeforeEach
    void record() {
        Cli cli = Cli.run(
                "eval",
                "arith",
                "--limit",
                "2",
                "--method",
                "best-of-n,dvts",
                "-n",
                "8",
                "--max-tokens",
                "120",
                "--threads",
                "1",
                "--quiet",
                "--out",
                folder.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
    }

    private Cli replay(String... more) {
        return Cli.run(Stream.concat(Stream.of("replay", folder.toString(), "--threads", "1"), Stream.of(more))
                .toArray(String[]::new));
    }

    @Test
    void aRecordedSearchComesOutTheSame() {
        for (String method : new String[] {"best-of-n", "dvts"}) {
            Cli cli = replay(ID, "--method", method, "--json");
            assertThat(cli.code()).as(cli.out() + cli.err()).isZero();
            JsonNode outcome = cli.json();
            assertThat(outcome.get("differences").isEmpty()).isTrue();
            int completions = outcome.get("completions").asInt();
            assertThat(completions).isBetween(2, 8);
            assertThat(outcome.get("sameCompletions").asInt()).isGreaterThanOrEqualTo(completions - 1);
        }
    }

    @Test
    void anotherAnswerIsSaidAndIsAFailure() throws IOException {
        Path records = folder.resolve("records.jsonl");
        String text = Files.readString(records);
        Files.writeString(records, text.replaceAll("\"answer\":\"[^\"]*\"", "\"answer\":\"none\""));
        Cli cli = replay(ID, "--method", "dvts");
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.out()).contains("weighted@8: none was recorded, ").contains("Other answers; 0 of ");
    }

    @Test
    void badInputIsOneLine() {
        assertBad(replay("arith-999"), "has no record of problem arith-999");
        assertBad(replay(ID), "has 2 records of problem " + ID + ": choose one with --method, -n and --seed");
        assertBad(Cli.run("replay", folder + "/none", ID), "holds no run");
        assertBad(replay(ID, "--method", "dvts", "--policy", "arith-large"), "is not the recorded one");
        assertBad(replay(ID, "--method", "dvts", "--prm", "self"), "does not judge as the run's did (arith-prm)");
    }

    private static void assertBad(Cli cli, String message) {
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err()).contains(message).hasLineCount(1);
    }
}
