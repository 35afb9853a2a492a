package org.espalier.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier help}: the help of a command, or what the search methods do. */
@Command(
        name = "help",
        helpCommand = true,
        description = "Shows the help of a command, or with 'methods' what the search methods do.",
        footer = {"", "Examples:", "  espalier help solve", "  espalier help models fetch", "  espalier help methods"})
final class HelpTopics implements Callable<Integer> {
    static final String METHODS = "methods";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "TOPIC",
            completionCandidates = Topics.class,
            description = "A command and its own commands, or methods (default: the list of commands).")
    private List<String> topics = List.of();

    /** What completion offers. */
    static final class Topics implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            List<String> names = new ArrayList<>();
            Main.commands().forEach(command -> names.add(Main.nameOf(command)));
            names.add(METHODS);
            return names.iterator();
        }
    }

    @Override
    public Integer call() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = line.getOut();
        CommandLine command = Objects.requireNonNull(line.getParent());
        if (topics.equals(List.of(METHODS))) {
            printMethods(Terminal.output());
            return ExitCode.ANSWERED;
        }
        for (String topic : topics) {
            CommandLine next = command.getSubcommands().get(topic);
            if (next == null) {
                List<String> known = new ArrayList<>(command.getSubcommands().keySet());
                if (command.getParent() == null) {
                    known.add(METHODS);
                }
                throw new UsageException("there is no help for '" + topic + "'" + Nearest.question(topic, known));
            }
            command = next;
        }
        command.usage(out, command.getColorScheme());
        return ExitCode.ANSWERED;
    }

    /** Each method in two lines: what it does, and what to take it for. */
    private static void printMethods(Terminal terminal) {
        terminal.println("The search methods, and what to take them for (docs/methods.md has the papers):");
        List<SearchMethod> methods = new ArrayList<>(List.of(SearchMethod.values()));
        methods.remove(SearchMethod.AUTO);
        methods.add(0, SearchMethod.AUTO);
        for (SearchMethod method : methods) {
            terminal.println("%n@|bold %s|@", method.cliName() + (method == SearchMethod.AUTO ? " (the default)" : ""));
            terminal.println("  %s", method.explanation());
            terminal.println("  %s", method.purpose());
        }
    }
}
