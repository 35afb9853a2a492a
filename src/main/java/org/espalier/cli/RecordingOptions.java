package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options that have a run recorded, if it is not, before something is learnt from it. */
final class RecordingOptions {
    @Option(
            names = "--record",
            paramLabel = "DATASET",
            description =
                    "Records RUN first: auto and best-of-n to their end, on these problems. Goes on where it was.")
    private @Nullable String dataset;

    @Option(names = "--limit", paramLabel = "K", description = "Only the first K problems.")
    private @Nullable Integer limit;

    @Option(
            names = "-n",
            paramLabel = "N",
            defaultValue = "64",
            description = "Completions (default: ${DEFAULT-VALUE}).")
    private int n;

    @Option(names = "--seed", paramLabel = "S", description = "One or several, joined by commas.")
    private @Nullable String seed;

    @Option(names = "--policy", paramLabel = "MODEL", description = "The policy.")
    private @Nullable String policy;

    @Option(names = "--prm", paramLabel = "MODEL", description = "What judges its steps.")
    private @Nullable String prm;

    @Advanced
    @Option(names = "--threads", paramLabel = "T", description = "Threads that compute.")
    private @Nullable Integer threads;

    /**
     * Records what is missing, if that is asked for; returns the exit code.
     *
     * @throws UsageException if there are several runs to record
     */
    int record(List<Path> runs) {
        if (dataset == null) {
            return ExitCode.ANSWERED;
        }
        if (runs.size() != 1) {
            throw new UsageException("--record is for one RUN, not for " + runs.size());
        }
        List<String> command = new ArrayList<>(List.of(
                "eval", dataset, "--method", "auto,best-of-n", "-n", String.valueOf(n), "--stop-at", "1", "--no-text"));
        add(command, "--limit", limit);
        add(command, "--seed", seed);
        add(command, "--policy", policy);
        add(command, "--prm", prm);
        add(command, "--threads", threads);
        add(command, "--out", runs.get(0));
        CommandLine line = Main.commandLine(command);
        EvalCommand eval = Objects.requireNonNull(line.getSubcommands().get(command.get(0)))
                .getCommand();
        // Its table is not what was asked for.
        eval.printNothing();
        return line.execute(command.toArray(String[]::new));
    }

    private static void add(List<String> command, String option, @Nullable Object value) {
        if (value != null) {
            command.add(option);
            command.add(value.toString());
        }
    }
}
