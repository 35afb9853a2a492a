package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.espalier.harness.OtherProcess;
import org.espalier.harness.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shards and servers with the bundled models and real processes that are killed, compared with one process that is not. */
class SweepsOverMachinesIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> SWEEP = List.of(
            "eval",
            "arith",
            "--limit",
            "16",
            "--method",
            "majority,best-of-n",
            "-n",
            "4",
            "--max-tokens",
            "120",
            "--quiet");

    @TempDir
    private Path folder;

    private static String[] command(Path out, String... more) {
        return Stream.of(SWEEP.stream(), Stream.of("--out", out.toString()), Stream.of(more))
                .flatMap(part -> part)
                .toArray(String[]::new);
    }

    private Path whole() {
        Path whole = folder.resolve("whole");
        Cli cli = Cli.run(command(whole, "--threads", "1"));
        assertThat(cli.code()).as(cli.err()).isZero();
        return whole;
    }

    /** Without what a clock says, and without what depends on the problems in the same batch: the last digits of scores. */
    private static Set<String> records(Path out) throws IOException {
        Set<String> records = new TreeSet<>();
        for (String line : Files.readAllLines(out.resolve("records.jsonl"))) {
            ObjectNode record = (ObjectNode) JSON.readTree(line);
            record.remove(List.of("session", "cellSeconds", "agreement"));
            record.remove("usage");
            record.get("completions")
                    .forEach(completion -> ((ObjectNode) completion).remove(List.of("score", "stepScores")));
            assertThat(records.add(record.toString())).as("every problem once").isTrue();
        }
        return records;
    }

    private static boolean hasRecords(Path out, int least) throws IOException {
        Path file = out.resolve("records.jsonl");
        return Files.exists(file) && Files.readAllLines(file).size() >= least;
    }

    @Test
    void shardsOfWhichTwoAreKilledAreTheWhole() throws Exception {
        Path run = folder.resolve("run");
        List<String> merge = new ArrayList<>(List.of("merge"));
        for (int i = 1; i <= 4; i++) {
            String[] shard = command(run, "--threads", "1", "--shard", i + "/4");
            Path out = run.resolve("shard-" + i + "-of-4");
            if (i % 2 == 0) {
                try (OtherProcess killed = OtherProcess.start(Main.class, (Object[]) shard)) {
                    Waiting.until("a record of shard " + i, () -> hasRecords(out, 1));
                    killed.kill();
                }
            }
            Cli cli = Cli.run(shard);
            assertThat(cli.code()).as(cli.err()).isZero();
            merge.add(out.toString());
        }
        Path all = run.resolve("all");
        Cli incomplete = Cli.run("merge", merge.get(1), merge.get(2), "--out", all.toString());
        assertThat(incomplete.code()).isEqualTo(ExitCode.BAD_USAGE);
        assertThat(incomplete.err()).contains("3/4, 4/4 are missing");
        merge.addAll(List.of("--out", all.toString()));
        Cli merged = Cli.run(merge.toArray(String[]::new));
        assertThat(merged.code()).as(merged.err()).isZero();
        assertThat(records(all)).isEqualTo(records(whole()));
        Cli report = Cli.run("report", all.toString());
        assertThat(report.code()).as(report.err()).isZero();
    }

    @Test
    void twoServersOfWhichOneIsKilledSolveEveryProblemOnce() throws Exception {
        Path out = folder.resolve("out");
        try (ServerProcess one = ServerProcess.start(folder.resolve("one"), "--max-tokens", "120");
                ServerProcess other = ServerProcess.start(folder.resolve("other"), "--max-tokens", "120")) {
            String[] sweep = command(out, "--servers", one.url() + "," + other.url(), "--per-server", "2");
            try (OtherProcess eval = OtherProcess.start(Main.class, (Object[]) sweep)) {
                Waiting.until("some records", () -> hasRecords(out, 6));
                one.close();
                assertThat(eval.join()).isZero();
            }
            Cli again = Cli.run(command(out, "--servers", other.url()));
            assertThat(again.code())
                    .as("there is nothing left to do: " + again.err())
                    .isZero();
        }
        assertThat(records(out)).isEqualTo(records(whole()));
    }

    @Test
    void rolloutsAndCalibrationsAreSharedOutAsWell() throws Exception {
        Path rollouts = folder.resolve("rollouts.jsonl");
        List<String> files = new ArrayList<>(List.of("merge"));
        for (int i = 1; i <= 2; i++) {
            Cli cli = Cli.run(
                    "rollouts",
                    "arith",
                    "--limit",
                    "8",
                    "-n",
                    "2",
                    "--max-tokens",
                    "300",
                    "--threads",
                    "1",
                    "--quiet",
                    "--shard",
                    i + "/2",
                    "--out",
                    rollouts.toString());
            assertThat(cli.code()).as(cli.err()).isZero();
            files.add(folder.resolve("rollouts-" + i + "-of-2.jsonl").toString());
        }
        files.addAll(List.of("--out", rollouts.toString()));
        Cli merged = Cli.run(files.toArray(String[]::new));
        assertThat(merged.code()).as(merged.err()).isZero();
        assertThat(Files.readAllLines(rollouts)).hasSize(16);

        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        String[] calibrate = {
            "calibrate", rollouts.toString(), "--prm", "arith-prm", "--threads", "1", "--quiet", "--out"
        };
        List<String> shards = new ArrayList<>(List.of("merge"));
        for (int i = 1; i <= 2; i++) {
            List<String> shard = new ArrayList<>(List.of(calibrate));
            shard.addAll(List.of(parts.toString(), "--shard", i + "/2"));
            Cli cli = Cli.run(shard.toArray(String[]::new));
            assertThat(cli.code()).as(cli.err()).isZero();
            shards.add(parts.resolve("shard-" + i + "-of-2").toString());
        }
        Path all = folder.resolve("all");
        shards.addAll(List.of("--out", all.toString()));
        assertThat(Cli.run(shards.toArray(String[]::new)).code()).isZero();
        List<String> one = new ArrayList<>(List.of(calibrate));
        one.add(whole.toString());
        assertThat(Cli.run(one.toArray(String[]::new)).code()).isZero();
        for (String figure : List.of("solutions", "rightSteps", "wrongSteps")) {
            assertThat(JSON.readTree(Files.readString(all.resolve("calibration.json")))
                            .get(figure))
                    .isEqualTo(JSON.readTree(Files.readString(whole.resolve("calibration.json")))
                            .get(figure));
        }
        assertThat(JSON.readTree(Files.readString(all.resolve("calibration.json")))
                        .get("auroc")
                        .asDouble())
                .isCloseTo(
                        JSON.readTree(Files.readString(whole.resolve("calibration.json")))
                                .get("auroc")
                                .asDouble(),
                        within(0.01));
    }
}
