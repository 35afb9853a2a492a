package org.espalier.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * What {@code espalier} is without its commands: the options of all of them, and the text that it prints alone. {@link Main}
 * adds the commands, since who names one needs no other.
 */
@Command(
        name = "espalier",
        description = "Makes small local models answer like larger ones, by searching over their reasoning.",
        versionProvider = Version.class,
        scope = ScopeType.INHERIT,
        footer = {
            "",
            "'espalier COMMAND --help' lists the options of a command, 'espalier help methods' the search methods.",
            "",
            "Try:  espalier solve \"Start with 12, then multiply by 7, then subtract 5. What is the result?\"",
            "",
            "Exit codes: 0 answered, 1 failed, 2 bad usage, 3 no answer within the budget,",
            "4 internal error, 130 interrupted, 143 terminated, 141 the output was closed."
        })
class RootCommand implements Runnable {
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

    /** What somebody sees who does not know yet what to do. */
    @Override
    public void run() {
        Introduction.print(Terminal.output(), Objects.requireNonNull(spec));
    }

    /** Whether a failure is to be shown with its stack trace. */
    boolean isTraced() {
        return stacktrace;
    }
}
