package org.espalier.spark;

import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** What {@code spark-submit} starts. */
@Command(
        name = "espalier-spark",
        description = "Sweeps and rollouts as Spark jobs.",
        mixinStandardHelpOptions = true,
        subcommands = {SweepCommand.class, RolloutsCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Returns the exit code: 0 if all is recorded, 1 if something failed, 2 for bad usage. */
    static int run(String... arguments) {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, result) -> {
                    if (!(e instanceof EspalierException)) {
                        throw e;
                    }
                    System.err.println("espalier-spark: " + e.getMessage());
                    return e instanceof UsageException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments);
    }
}
