package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.espalier.harness.OtherProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** With the bundled models, whatever they answer. */
class EvalIT {
    @TempDir
    private Path folder;

    private static Cli eval(Path out, String... more) {
        return Cli.run(arguments(out, more));
    }

    private static String[] arguments(Path out, String... more) {
        return Stream.concat(
                        Stream.of(
                                "eval",
                                "arith",
                                "--limit",
                                "4",
                                "-n",
                                "1,4",
                                "--max-tokens",
                                "60",
                                "--threads",
                                "1",
                                "--json",
                                "--out",
                                out.toString()),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    /**
     * Without what a clock says, and without what depends on the problems in the same batch: the last digits of scores, and
     * with them which one of equal steps goes on.
     */
    private static Set<String> records(Path out) throws IOException {
        Set<String> records = new TreeSet<>();
        for (String line : Files.readAllLines(out.resolve("records.jsonl"))) {
            ObjectNode record = (ObjectNode) JsonMapper.builder().build().readTree(line);
            record.remove(List.of("session", "cellSeconds"));
            ((ObjectNode) record.get("usage")).remove(List.of("wallMillis", "tokensPerSecond", "decodeSteps"));
            record.get("completions")
                    .forEach(completion -> ((ObjectNode) completion).remove(List.of("slot", "score", "stepScores")));
            records.add(record.toString());
        }
        return records;
    }

    @Test
    void aSweepIsRecordedAndPrinted() throws IOException {
        Cli cli = eval(folder);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err().lines())
                .hasSize(2)
                .allMatch(line -> line.endsWith("is not measured at n = 1, where it has nothing to choose from"));
        assertThat(records(folder)).hasSize(4 * 5);
        JsonNode rows = cli.json().get("rows");
        assertThat(rows.size()).isEqualTo(1 + 2 * 2 + 2 * 4 + 2 * 4);
        for (JsonNode row : rows) {
            assertThat(row.get("problems").asInt()).isEqualTo(4);
            assertThat(row.get("accuracy").asDouble())
                    .isBetween(row.get("low").asDouble(), row.get("high").asDouble());
            assertThat(row.get("policyTokensPerProblem").asDouble()).isPositive();
            assertThat(row.get("secondsPerProblem").asDouble()).isPositive();
            assertThat(row.get("levels").propertyNames()).containsExactly("1", "2");
        }
        JsonNode run = JsonMapper.builder().build().readTree(Files.readString(folder.resolve("run.json")));
        assertThat(run.at("/configuration/policySha256").asString()).hasSize(64);
        assertThat(run.at("/configuration/prmSha256").asString()).hasSize(64);
        assertThat(run.at("/environment/llamaCpp").asString()).isNotEmpty();
        assertThat(Files.readAllLines(folder.resolve("cells.jsonl"))).hasSize(5);

        Cli again = eval(folder);
        assertThat(again.json()).isEqualTo(cli.json());
        assertThat(Files.readAllLines(folder.resolve("cells.jsonl"))).hasSize(5);
    }

    @Test
    void whatIsCutEndsAsTheWhole() throws IOException {
        Path whole = folder.resolve("whole");
        Path cut = folder.resolve("cut");
        String[] methods = {"--method", "majority,dvts"};
        eval(whole, methods);
        eval(cut, methods);
        Path file = cut.resolve("records.jsonl");
        List<String> lines = Files.readAllLines(file);
        Files.writeString(
                file,
                String.join("\n", lines.subList(0, 5)) + "\n" + lines.get(5).substring(0, 30));
        assertThat(eval(cut, methods).code()).isZero();
        assertThat(records(cut)).isEqualTo(records(whole));

        Cli other = eval(cut, "--method", "majority,dvts", "--temperature", "0.5");
        assertThat(other.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(other.err()).contains("temperature is 0.8 there and 0.5 here");
    }

    @Test
    void twoOnOneFolderLoseNothing() throws Exception {
        String[] method = {"--method", "beam", "-n", "4"};
        try (OtherProcess first = OtherProcess.start(Main.class, (Object[]) arguments(folder, method))) {
            first.awaitFile(folder.resolve("run.json"));
            first.pause();
            String claimed = Files.readString(folder.resolve("run.json"));
            for (String temperature : new String[] {"0.8", "0.5"}) {
                Path errors = folder.resolve("errors");
                try (OtherProcess second = OtherProcess.start(
                        ProcessBuilder.Redirect.to(errors.toFile()), Main.class, (Object[]) arguments(
                                folder, "--method", "beam", "-n", "4", "--temperature", temperature, "--quiet"))) {
                    assertThat(second.join()).isEqualTo(ExitCode.FAILED);
                }
                assertThat(Files.readAllLines(errors))
                        .singleElement()
                        .asString()
                        .contains("another process is writing to " + folder);
            }
            first.resume();
            assertThat(first.join()).isZero();
            assertThat(folder.resolve("run.json")).hasContent(claimed);
        }
        assertThat(records(folder)).hasSize(4);
    }

    @Test
    void badInputIsOneLine() {
        assertBad("no data set or file", "nowhere.jsonl", "-n", "4");
        assertBad("nothing to measure", "arith", "--method", "beam", "-n", "1");
        assertBad("--method guess is unknown", "arith", "--method", "guess");
        assertBad("-n must be", "arith", "-n", "0");
    }

    private void assertBad(String message, String... arguments) {
        Cli cli = Cli.run(Stream.of(Stream.of("eval", "--out", folder + "/x"), Stream.of(arguments))
                .flatMap(part -> part)
                .toArray(String[]::new));
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(cli.err().lines().filter(line -> line.contains(message))).hasSize(1);
    }
}
