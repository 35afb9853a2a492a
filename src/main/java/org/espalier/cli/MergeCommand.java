package org.espalier.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.espalier.eval.Calibration;
import org.espalier.eval.ShardMerge;
import org.espalier.eval.ShardMerge.Merged;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code espalier merge}: one run of its shards. */
@Command(
        name = "merge",
        description = "Puts together what the shards of 'espalier eval', 'rollouts' or 'calibrate' have recorded.",
        sortOptions = false,
        footer = {
            "",
            "All shards must be there, each once and done, and all of one configuration; else nothing is written, and what is",
            "wrong is named. The result is what one machine would have recorded alone.",
            "",
            "Examples:",
            "  espalier merge runs/arith/shard-* --out runs/arith/all",
            "  espalier merge rollouts-*-of-4.jsonl --out rollouts.jsonl",
        })
final class MergeCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "SHARD",
            arity = "1..*",
            description = "Folders, or files of rollouts, that a command with --shard has written.")
    private List<Path> shards = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where the run is written; a file for rollouts.")
    private Path out = Path.of("");

    @Option(
            names = {"-q", "--quiet"},
            description = "Says nothing of what it has done.")
    private boolean quiet;

    @Override
    public Integer call() {
        Merged merged = ShardMerge.merge(shards, out);
        if (!merged.judged().isEmpty()) {
            Calibration calibration = Calibration.of(merged.judged(), merged.threshold());
            CalibrateCommand.write(out, merged.judge(), calibration);
            CalibrateCommand.table(calibration).print(Terminal.output());
        }
        if (!quiet) {
            if (merged.foreign() > 0) {
                System.err.println("espalier: left out %d records that are of no problem of their shard"
                        .formatted(merged.foreign()));
            }
            merged.differences()
                    .forEach(difference -> System.err.println(
                            "espalier: the shards did not run alike, so rounding may differ: " + difference));
            System.err.println(String.format(
                    Locale.ROOT, "%,d records of %d shards are in %s", merged.records(), merged.shards(), out));
        }
        return ExitCode.ANSWERED;
    }
}
