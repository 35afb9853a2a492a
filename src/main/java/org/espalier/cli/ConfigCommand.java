package org.espalier.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.espalier.cli.Configuration.Value;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code espalier config}: what options are by default, and why. */
@Command(
        name = "config",
        description = "Shows what options are where the command line does not say, and where that comes from.",
        sortOptions = false,
        subcommands = {ConfigSetCommand.class, ConfigUnsetCommand.class, ConfigPathCommand.class},
        footer = {
            "",
            "An option is what the command line says, else its variable (ESPALIER_THREADS for --threads, ESPALIER_SOLVE_N",
            "for -n of solve), else the chosen profile, else the configuration file, else what is built in.",
            "",
            "Examples:",
            "  espalier config set threads 4",
            "  espalier config set solve.method beam",
            "  espalier config set profiles.math.policy qwen2.5-math-1.5b-instruct",
            "  espalier solve --profile math \"What is 12 * 250?\"",
        })
final class ConfigCommand implements Runnable {
    private static final String HIDDEN = "(hidden)";
    private static final String BUILT_IN = "built in";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--all", description = "Also what is built in, of each option of each command.")
    private boolean all;

    @Option(names = "--json", description = "Prints a JSON array.")
    private boolean json;

    /**
     * A line.
     *
     * @param commands that the value is for; all that have the option if it is for none alone
     * @param value null if it is built in and has no text, or is not to be shown
     */
    private record Line(
            String key, List<String> commands, @Nullable String value, String origin) {}

    @Override
    public void run() {
        CommandSpec self = Objects.requireNonNull(spec);
        Configuration configuration = Configuration.of(self);
        List<Line> lines = lines(self.root(), configuration);
        if (json) {
            System.out.println(PrettyJson.of(lines));
            return;
        }
        List<List<String>> cells = new ArrayList<>();
        cells.add(List.of("key", "value", "commands", "from"));
        lines.forEach(line -> cells.add(List.of(
                line.key(),
                line.value() == null ? "-" : line.value(),
                String.join(", ", line.commands()),
                line.origin())));
        if (lines.isEmpty()) {
            System.out.println("Nothing is configured: all options are what is built in (--all shows them)");
        } else {
            new TextTable(cells, 4).print(Terminal.output());
        }
        configuration.unknownVariables(self.root()).forEach(System.err::println);
        System.err.println("The configuration file is %s%s"
                .formatted(
                        configuration.file().path(),
                        configuration.file().settings().isEmpty() ? ", which has no settings" : ""));
        if (!configuration.file().profiles().isEmpty()) {
            System.err.println(
                    "Profiles: " + String.join(", ", configuration.file().profiles())
                            + configuration
                                    .profile()
                                    .map(name -> " (chosen: " + name + ")")
                                    .orElse(" (none is chosen)"));
        }
    }

    /** Values that are the same for several commands are in one line. */
    private List<Line> lines(CommandSpec root, Configuration configuration) {
        Map<List<Object>, List<String>> commands = new LinkedHashMap<>();
        ConfigKeys.below(root).forEach(option -> {
            Optional<Value> value = configuration.of(option);
            if (value.isPresent() || all) {
                String text = value.map(Value::text).orElseGet(() -> builtIn(option));
                String shown = Configuration.isSecret(option) && value.isPresent() ? HIDDEN : text;
                value.ifPresent(one -> check(option, one));
                commands.computeIfAbsent(
                                List.of(
                                        Configuration.keys(option).get(0),
                                        shown,
                                        value.map(Value::origin).orElse(BUILT_IN)),
                                key -> new ArrayList<>())
                        .add(String.join(" ", Configuration.command(option.command())));
            }
        });
        List<Line> lines = new ArrayList<>();
        commands.forEach((line, of) -> {
            String text = String.valueOf(line.get(1));
            lines.add(new Line(
                    String.valueOf(line.get(0)),
                    List.copyOf(of),
                    text.isEmpty() ? null : text,
                    String.valueOf(line.get(2))));
        });
        return lines;
    }

    private static String builtIn(OptionSpec option) {
        return option.defaultValue() == null ? "" : option.defaultValue();
    }

    private static void check(OptionSpec option, Value value) {
        ConfigValue.problem(option, value.text()).ifPresent(problem -> {
            throw ConfigValue.wrong(value.origin(), problem);
        });
    }
}
