package org.espalier.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntSupplier;
import org.espalier.catalog.UserFolder;
import org.espalier.model.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/** The {@code espalier} command with all its commands. */
@Command(
        subcommands = {
            SolveCommand.class,
            ChatCommand.class,
            ScoreCommand.class,
            TreeCommand.class,
            EvalCommand.class,
            MergeCommand.class,
            PuzzlesCommand.class,
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
        })
public final class Main extends RootCommand {
    /** Commands that speak of the others. */
    private static final Set<String> OF_ALL = Set.of("completion", "config", "help");

    /** What picocli can convert to and no option is: reading how it does takes it a part of the start. */
    private static final String NO_OPTION_IS = "java\\.(time|sql)\\..*";

    private Main() {}

    public static void main(String[] args) {
        System.setProperty("picocli.converters.excludes", NO_OPTION_IS);
        StandardStreams.install();
        Interruption.install();
        Thread loading = Preloading.begin(args);
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
        Preloading.await(loading);
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
            CommandLine line = commandLine(List.of(args));
            Path place = ConfigFile.place(environment, home);
            Configuration configuration;
            try {
                ConfigFile file = ConfigFile.read(place);
                configuration =
                        Configuration.of(file, environment, line.getCommandSpec(), Main::allCommands, List.of(args));
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
        return args.isEmpty() || args.get(0).equals("help") || mends || HelpTexts.isAskedFor(args);
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

    /** With all commands. */
    static CommandLine commandLine() {
        return prepared(new CommandLine(new Main()));
    }

    private static CommandSpec allCommands() {
        return commandLine().getCommandSpec();
    }

    /**
     * What runs these arguments: the command that the first one names, alone, because picocli takes a fifth of a second to
     * read the options of all; otherwise all commands.
     */
    static CommandLine commandLine(List<String> arguments) {
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        for (Class<?> command : commands()) {
            if (nameOf(command).equals(first) && !OF_ALL.contains(first)) {
                CommandLine line = new CommandLine(new RootCommand());
                line.addSubcommand(command);
                return prepared(line);
            }
        }
        return commandLine();
    }

    /** The classes of the commands, in the order of the help. */
    static List<Class<?>> commands() {
        return List.of(
                Objects.requireNonNull(Main.class.getAnnotation(Command.class)).subcommands());
    }

    /** The name by which a command is called. */
    static String nameOf(Class<?> command) {
        return Objects.requireNonNull(command.getAnnotation(Command.class)).name();
    }

    private static CommandLine prepared(CommandLine line) {
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
        RootCommand root = line.getCommand();
        line.setExecutionExceptionHandler((e, failed, parsed) -> failed(root.isTraced(), e, failed));
        return line;
    }

    private static int failed(boolean stacktrace, Exception e, CommandLine line) {
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
