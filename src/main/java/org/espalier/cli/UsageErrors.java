package org.espalier.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.espalier.model.Nearest;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command's arguments, and what was probably meant. */
final class UsageErrors {
    private UsageErrors() {}

    /** Prints a line about what is wrong, and one that leads to the help. */
    static int print(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        PrintWriter err = line.getErr();
        String origin = configured(e);
        if (origin != null) {
            err.println("espalier: " + origin + ": " + Quoting.line(message(e)));
            return ExitCode.BAD_USAGE;
        }
        err.println("espalier: " + Quoting.line(message(e)));
        err.println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.BAD_USAGE;
    }

    /** Where a value that an option does not take was configured; null if it was typed. */
    private static @Nullable String configured(ParameterException e) {
        if (!(e.getArgSpec() instanceof OptionSpec option) || e.getValue() == null) {
            return null;
        }
        return Configuration.of(option.command().root())
                .of(option)
                .filter(value -> value.text().equals(e.getValue()))
                .map(Configuration.Value::origin)
                .orElse(null);
    }

    private static String message(ParameterException e) {
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return unmatched(e.getCommandLine(), unmatched.getUnmatched().get(0));
        }
        ArgSpec argument = e.getArgSpec();
        String value = e.getValue();
        if (argument instanceof OptionSpec option
                && value != null
                && option.type().isEnum()) {
            return choice(option, value);
        }
        return String.valueOf(e.getMessage());
    }

    private static String unmatched(CommandLine line, String argument) {
        if (argument.startsWith("-") && argument.length() > 1) {
            String name = argument.replaceFirst("=.*", "");
            return "there is no option " + name + meant(line, name);
        }
        Collection<String> commands = line.getSubcommands().keySet();
        if (commands.isEmpty()) {
            return "'" + argument + "' is one argument too many: put quotes around a text of several words";
        }
        if (argument.contains(" ")) {
            return "'%s' is no command: a problem goes to 'espalier solve'".formatted(argument);
        }
        return "there is no command '" + argument + "'" + Nearest.question(argument, commands);
    }

    /** A single letter is the first of a long name. */
    private static String meant(CommandLine line, String typed) {
        List<String> names = line.getCommandSpec().options().stream()
                .filter(option -> !option.hidden())
                .flatMap(option -> Arrays.stream(option.names()))
                .filter(name -> name.length() > 2)
                .toList();
        if (typed.length() > 2) {
            return Nearest.question(typed, names);
        }
        return names.stream()
                .filter(name -> name.startsWith("-" + typed))
                .min(Comparator.comparingInt(String::length))
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    private static String choice(OptionSpec option, String value) {
        List<String> values = Arrays.stream(Objects.requireNonNull(option.type().getEnumConstants()))
                .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                .toList();
        return "%s must be one of %s, not %s%s"
                .formatted(option.longestName(), String.join(", ", values), value, Nearest.question(value, values));
    }
}
