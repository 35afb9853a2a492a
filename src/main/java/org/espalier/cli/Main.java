package org.espalier.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.espalier.catalog.UserFolder;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code espalier} command. */
@Command(
        name = "espalier",
        description = "Makes small local models answer like larger ones, by searching over their reasoning.",
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        subcommands = {
            SolveCommand.class,
            ChatCommand.class,
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
            SetupCommand.class,
            ConfigCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            HelpTopics.class
        },
        footer = {
            "",
            "'espalier COMMAND --help' lists the options of a command, 'espalier help methods' the search methods.",
            "",
            "Try:  espalier solve \"Start with 12, then multiply by 7, then subtract 5. What is the result?\"",
            "",
            "Exit codes: 0 answered, 1 failed, 2 bad usage, 3 no answer within the budget,",
            "4 internal error, 130 interrupted, 143 terminated, 141 the output was closed."
        })
public final class Main implements Runnable {
    @Option(
            names = "--stacktrace",
            scope = ScopeType.INHERIT,
            description = "Print the stack trace of a failure, not only its message.")
    @Advanced
    private boolean stacktrace;

    /** Read before the others, whose defaults it chooses: see {@link Configuration}. */
    @Option(
            names = "--profile",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "Takes defaults from this profile of the configuration file ('espalier config' shows them).")
    @Advanced
    @SuppressWarnings("UnusedVariable") // picocli looks at what was typed
    private @Nullable String profile;

    @Option(
            names = {"-h", "--help", HelpTexts.ALL},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help; " + HelpTexts.ALL + " has all options.")
    @SuppressWarnings("UnusedVariable") // picocli looks at what was typed
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            scope = ScopeType.INHERIT,
            description = "Prints the version.")
    @Advanced
    @SuppressWarnings("UnusedVariable") // picocli looks at what was typed
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    private Main() {}

    /** What somebody sees who does not know yet what to do. */
    @Override
    public void run() {
        Introduction.print(Terminal.output(), Objects.requireNonNull(spec));
    }

    public static void main(String[] args) {
        StandardStreams.install();
        Interruption.install();
        int code;
        try {
            Arguments.checkFolders();
            code = run(System.getenv(), UserFolder.home(), Arguments.exact(args));
        } catch (UsageException e) {
            System.err.println("espalier: " + Quoting.line(String.valueOf(e.getMessage())));
            code = ExitCode.BAD_USAGE;
        }
        // A PrintStream keeps its failures to itself.
        if (System.out.checkError()) {
            code = unwritten();
        }
        Interruption.finished(code);
        System.exit(code);
    }

    private static int unwritten() {
        if (StandardStreams.isReaderGone()) {
            return ExitCode.NOBODY_READS;
        }
        System.err.println(
                "espalier: the result could not be written to standard output: " + StandardStreams.failure());
        return ExitCode.FAILED;
    }

    /** Runs a command with nothing configured; what it prints is quoted. */
    static int run(String... args) {
        return quoting(() -> commandLine().execute(args));
    }

    /** Runs a command with the configuration of a user; what it prints is quoted. */
    static int run(Map<String, String> environment, Path home, String... args) {
        return quoting(() -> {
            CommandLine line = commandLine();
            Path place = ConfigFile.place(environment, home);
            Configuration configuration;
            try {
                configuration =
                        Configuration.of(ConfigFile.read(place), environment, line.getCommandSpec(), List.of(args));
            } catch (UsageException e) {
                if (!isWithoutConfiguration(List.of(args))) {
                    return tell(Failure.of(e), line.getErr(), "");
                }
                configuration = Configuration.none(place);
            }
            line.setDefaultValueProvider(configuration);
            return line.execute(args);
        });
    }

    /** Help, and what mends a configuration, must not need it. */
    private static boolean isWithoutConfiguration(List<String> args) {
        boolean mends =
                args.size() > 1 && args.get(0).equals("config") && args.get(1).matches("path|set|unset");
        return args.isEmpty()
                || args.get(0).equals("help")
                || mends
                || args.stream().anyMatch(List.of("-h", "--help", HelpTexts.ALL, "-V", "--version")::contains);
    }

    private static int quoting(IntSupplier work) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        System.setOut(new QuotingStream(out));
        System.setErr(new QuotingStream(err));
        try {
            return work.getAsInt();
        } catch (Error e) {
            // Only exceptions come to failed().
            return tell(Failure.of(e), new PrintWriter(System.err, true, StandardCharsets.UTF_8), "");
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    static CommandLine commandLine() {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        // Help may have colours; messages hold what others wrote.
        line.setOut(new PrintWriter(QuotingStream.raw(System.out), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
        line.registerConverter(Path.class, new PathConverter());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        HelpTexts.install(line);
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(Terminal.output().ansi()));
        line.setExecutionStrategy(parsed -> {
            GivenOptions.check(parsed);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler(UsageErrors::print);
        line.setExecutionExceptionHandler(main::failed);
        return line;
    }

    private int failed(Exception e, CommandLine line, ParseResult parsed) {
        Failure failure = Failure.of(e);
        boolean unforeseen = failure.code() == ExitCode.INTERNAL_ERROR;
        int code = tell(failure, line.getErr(), unforeseen && !stacktrace ? " (--stacktrace shows where)" : "");
        if (stacktrace) {
            e.printStackTrace(line.getErr());
        }
        return code;
    }

    private static int tell(Failure failure, PrintWriter err, String advice) {
        err.println("espalier: " + Quoting.line(failure.message()) + advice);
        return failure.code();
    }
}
