package org.espalier.cli;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Refuses what is given as '', as a script does whose variable is not set, and an option that is given twice, of which one
 * value would go without a word.
 */
final class GivenOptions {
    /** For which '' means something, or that say themselves what they want. */
    private static final Set<String> MAY_BE_EMPTY = Set.of("--system", "--delimiter", "--problem", "PROBLEM");

    private GivenOptions() {}

    /** @throws ParameterException if an option or argument of a command, or of those below it, is not to be had so */
    static void check(ParseResult parsed) {
        List<OptionSpec> options = parsed.matchedOptions();
        for (OptionSpec option : options) {
            String name = option.longestName();
            check(parsed, option, name);
            long times = options.stream().filter(name(name)).count();
            boolean takesOne = !option.isMultiValue() && !(option.type() == boolean.class);
            if (takesOne && Math.max(times, option.originalStringValues().size()) > 1) {
                throw new ParameterException(parsed.commandSpec().commandLine(), name + " is given twice");
            }
        }
        for (PositionalParamSpec argument : parsed.matchedPositionals()) {
            check(parsed, argument, argument.paramLabel());
        }
        if (parsed.hasSubcommand()) {
            check(parsed.subcommand());
        }
    }

    /** Whether '' means something to an option. */
    static boolean mayBeEmpty(OptionSpec option) {
        return MAY_BE_EMPTY.contains(option.longestName());
    }

    private static Predicate<OptionSpec> name(String name) {
        return option -> option.longestName().equals(name);
    }

    private static void check(ParseResult parsed, ArgSpec given, String name) {
        Collection<String> values = given.originalStringValues();
        boolean wantsText = given.type() != boolean.class;
        if (wantsText && values.contains("") && !MAY_BE_EMPTY.contains(name)) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(), name + " is empty: give a value, or leave it out");
        }
    }
}
