package org.espalier.cli;

import java.io.PrintWriter;
import java.util.concurrent.CompletionException;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The {@code espalier} command. */
@Command(
        name = "espalier",
        description = "Makes small local models answer like larger ones, by searching over their reasoning.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        subcommands = {
            SolveCommand.class,
            ScoreCommand.class,
            TreeCommand.class,
            EvalCommand.class,
            ReportCommand.class,
            CompareCommand.class,
            ReplayCommand.class,
            RolloutsCommand.class,
            CalibrateCommand.class,
            TuneCommand.class,
            ServeCommand.class,
            ModelsCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "Try:  espalier solve \"Start with 12, then multiply by 7, then subtract 5. What is the result?\"",
            "",
            "Exit codes: 0 answered, 1 failed, 2 bad usage, 3 no answer within the budget, 4 internal error."
        })
public final class Main {
    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure, not only its message.")
    private boolean stacktrace;

    private Main() {}

    public static void main(String[] args) {
        Interruption.install();
        int code;
        try {
            code = run(args);
        } catch (NoClassDefFoundError e) {
            System.err.println("espalier: this installation lacks "
                    + String.valueOf(e.getMessage()).replace('/', '.')
                    + "; the edge package is without what draws plots and what reads CSV and Parquet: take the desktop"
                    + " package for that");
            code = ExitCode.FAILED;
        } catch (Error e) {
            System.err.println("espalier: internal error: " + e);
            code = ExitCode.INTERNAL_ERROR;
        }
        // A PrintStream keeps its failures to itself.
        if (System.out.checkError()) {
            System.err.println("espalier: the result could not be written to standard output: is the disk full?");
            code = ExitCode.FAILED;
        }
        Interruption.finished(code);
        System.exit(code);
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(Terminal.output().isTerminal() ? Ansi.ON : Ansi.OFF));
        line.setParameterExceptionHandler(Main::badUsage);
        line.setExecutionExceptionHandler(main::failed);
        line.setExitCodeExceptionMapper(Main::exitCode);
        return line;
    }

    private static int badUsage(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("espalier: " + e.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, err)) {
            err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        }
        return ExitCode.BAD_USAGE;
    }

    private int failed(Exception e, CommandLine line, ParseResult parsed) {
        Throwable failure = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        if (failure instanceof EspalierException) {
            line.getErr().println("espalier: " + failure.getMessage());
        } else {
            line.getErr()
                    .println(
                            "espalier: internal error: " + failure + (stacktrace ? "" : " (--stacktrace tells where)"));
        }
        if (stacktrace) {
            failure.printStackTrace(line.getErr());
        }
        return exitCode(failure);
    }

    private static int exitCode(Throwable failure) {
        if (failure instanceof UsageException) {
            return ExitCode.BAD_USAGE;
        }
        return failure instanceof EspalierException ? ExitCode.FAILED : ExitCode.INTERNAL_ERROR;
    }
}
