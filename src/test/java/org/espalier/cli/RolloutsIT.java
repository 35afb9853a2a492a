package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.eval.Calibration;
import org.espalier.eval.Calibration.Judged;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** With the bundled models, whatever they answer. */
class RolloutsIT {
    @TempDir
    private Path folder;

    private static Cli rollouts(Path out, String... more) {
        return Cli.run(Stream.concat(
                        Stream.of(
                                "rollouts", "arith", "--limit", "6", "-n", "3", "--max-tokens", "60", "--threads", "1"),
                        Stream.concat(Stream.of("--out", out.toString()), Stream.of(more)))
                .toArray(String[]::new));
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            lines.add(JsonMapper.builder().build().readTree(line));
        }
        return lines;
    }

    @Test
    void everyProblemHasItsSamplesAndTheSameOnesAgain() throws IOException {
        Path first = folder.resolve("first.jsonl");
        Cli cli = rollouts(first);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).isEmpty();
        assertThat(lines(first)).hasSize(18).allSatisfy(line -> {
            assertThat(line.get("steps")).isNotEmpty();
            assertThat(line.get("firstError").isInt()).isTrue();
            assertThat(line.get("tokens").asInt()).isBetween(1, 60);
            assertThat(line.has("scores")).isFalse();
        });
        Path second = folder.resolve("second.jsonl");
        rollouts(second);
        assertThat(second).hasSameTextualContentAs(first);
    }

    @Test
    void whatIsCutGoesOn() throws IOException {
        Path whole = folder.resolve("whole.jsonl");
        rollouts(whole);
        List<String> expected = Files.readAllLines(whole);
        Path cut = folder.resolve("cut.jsonl");
        rollouts(cut);
        Files.writeString(
                cut,
                String.join("\n", expected.subList(0, 7)) + "\n"
                        + expected.get(7).substring(0, 20));
        assertThat(rollouts(cut).code()).isZero();
        assertThat(Files.readAllLines(cut)).hasSameElementsAs(expected).hasSize(18);
        Cli again = rollouts(cut);
        assertThat(again.code()).isZero();
        assertThat(Files.readAllLines(cut)).hasSize(18);
        Cli other = rollouts(cut, "--seed", "7");
        assertThat(other.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(other.err()).contains("seed is 42 there and 7 here").hasLineCount(1);
    }

    @Test
    void aPrmScoresEveryStep() throws IOException {
        Path out = folder.resolve("scored.jsonl");
        assertThat(rollouts(out, "--prm", "arith-prm", "--quiet").err()).isEmpty();
        assertThat(lines(out))
                .hasSize(18)
                .allSatisfy(line -> assertThat(line.get("scores").size())
                        .isEqualTo(line.get("steps").size()));
    }

    @Test
    void completionsLabelEveryStep() throws IOException {
        Path out = folder.resolve("labelled.jsonl");
        Cli cli = rollouts(out, "--monte-carlo", "2");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(lines(out)).hasSize(18).allSatisfy(line -> {
            assertThat(line.get("labels").size()).isEqualTo(line.get("steps").size());
            line.get("labels").forEach(label -> assertThat(label.asDouble()).isBetween(0.0, 1.0));
        });
    }

    @Test
    void calibrationReadsWhatRolloutsWriteAndAgreesWithTheirScores() throws IOException {
        Path out = folder.resolve("scored.jsonl");
        Cli.run(
                "rollouts",
                "arith",
                "--limit",
                "20",
                "--max-tokens",
                "200",
                "--prm",
                "arith-prm",
                "--out",
                out.toString());
        List<Judged> judged = new ArrayList<>();
        for (JsonNode line : lines(out)) {
            int firstError = line.get("firstError").asInt();
            if (line.get("finished").asBoolean()
                    && firstError < line.get("steps").size()) {
                List<Double> scores = new ArrayList<>();
                line.get("scores").forEach(score -> scores.add(score.asDouble()));
                judged.add(new Judged(firstError < 0 ? scores : scores.subList(0, firstError + 1), firstError));
            }
        }
        Calibration expected = Calibration.of(judged, .4);
        Path report = folder.resolve("calibration");

        Cli cli = Cli.run(
                "calibrate",
                out.toString(),
                "--prm",
                "arith-prm",
                "--threshold",
                "0.4",
                "--json",
                "--out",
                report.toString());

        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode found = JsonMapper.builder().build().readTree(cli.out());
        assertThat(found.get("rightSteps").asInt())
                .isEqualTo(expected.rightSteps())
                .isPositive();
        assertThat(found.get("wrongSteps").asInt())
                .isEqualTo(expected.wrongSteps())
                .isPositive();
        assertThat(found.get("auroc").asDouble()).isCloseTo(expected.auroc(), within(.02));
        assertThat(found.get("brier").asDouble()).isCloseTo(expected.brier(), within(.005));
        assertThat(report)
                .isDirectoryContaining("glob:**/reliability.{svg}")
                .isDirectoryContaining("glob:**/calibration.json");
    }

    @Test
    void whatIsNotLabelledIsNotCalibratedWith() throws IOException {
        Path file = folder.resolve("plain.jsonl");
        Files.writeString(file, "{\"problem\": \"x?\", \"steps\": [\"s\"]}\n");
        assertBad(Cli.run("calibrate", file.toString()), "line 1 of " + file + " has no label of its steps");
        assertBad(Cli.run("calibrate", file.toString(), "--prm", "self"), "name a PRM or likelihood:MODEL");
        Files.writeString(file, "{\"id\": \"a\", \"problem\": \"x?\", \"steps\": [\"s\"], \"label\": 0}\n");
        assertBad(
                Cli.run("calibrate", file.toString(), "--policy", "smollm2-135m-instruct"),
                "nothing is named that judges smollm2-135m-instruct's steps");
        assertBad(Cli.run("calibrate", file.toString(), "--threshold", "2"), "--threshold must be 0 to 1");
    }

    @Test
    void badInputIsOneLine() {
        assertBad(Cli.run("rollouts", "nowhere.jsonl", "--out", folder + "/x"), "no data set or file nowhere.jsonl");
        assertBad(Cli.run("rollouts", "arith", "--out", folder.toString()), "give a file in a folder that exists");
        assertBad(rollouts(folder.resolve("x"), "--monte-carlo", "2", "--prm", "self"), "leave out --prm");
        assertBad(Cli.run("rollouts", "arith", "-n", "0", "--out", folder + "/x"), "-n must be");
    }

    private static void assertBad(Cli cli, String message) {
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err()).contains(message).hasLineCount(1);
    }
}
