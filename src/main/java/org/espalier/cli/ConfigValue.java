package org.espalier.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.espalier.model.UsageException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** Reads a value as an option would. */
final class ConfigValue {
    private ConfigValue() {}

    /** What is wrong with a value; empty if the option takes it. */
    static Optional<String> problem(OptionSpec option, String text) {
        if (text.isEmpty() && !GivenOptions.mayBeEmpty(option)) {
            return Optional.of("it is empty: give a value, or leave it out");
        }
        OptionSpec.Builder alone = OptionSpec.builder("--value")
                .type(option.type())
                .auxiliaryTypes(option.auxiliaryTypes())
                .converters(option.converters())
                .splitRegex(option.splitRegex())
                .arity("1");
        CommandLine line = new CommandLine(CommandSpec.create().addOption(alone.build()));
        line.registerConverter(Path.class, new PathConverter());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        try {
            line.parseArgs("--value", text);
            return Optional.empty();
        } catch (ParameterException e) {
            return Optional.of(String.valueOf(e.getMessage()).replaceFirst("^.*?'--value'[^:]*: ", ""));
        }
    }

    /** An error about a configured value. */
    static UsageException wrong(String origin, String problem) {
        return new UsageException("%s: %s".formatted(origin, problem));
    }
}
