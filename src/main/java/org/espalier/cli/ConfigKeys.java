package org.espalier.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.espalier.model.Nearest;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which keys a configuration can have: the options of all commands, alone or behind the names of a command. */
final class ConfigKeys {
    private final CommandSpec root;

    ConfigKeys(CommandSpec root) {
        this.root = root;
    }

    /** What is wrong with the keys of a value; empty if they mean an option. */
    Optional<String> problem(List<String> keys) {
        if (keys.equals(List.of(Configuration.PROFILE))) {
            return Optional.empty();
        }
        List<String> inProfile = keys;
        if (keys.get(0).equals(Configuration.PROFILES)) {
            if (keys.size() < 3) {
                return Optional.of("a profile has a name and options: profiles: {NAME: {KEY: VALUE}}");
            }
            inProfile = keys.subList(2, keys.size());
        }
        CommandSpec command = root;
        for (String name : inProfile.subList(0, inProfile.size() - 1)) {
            CommandLine below = command.subcommands().get(name);
            if (below == null) {
                return Optional.of("there is no command '%s'%s"
                        .formatted(
                                name,
                                Nearest.question(name, command.subcommands().keySet())));
            }
            command = below.getCommandSpec();
        }
        String key = inProfile.get(inProfile.size() - 1);
        if (!options(command, key).isEmpty()) {
            return Optional.empty();
        }
        Set<String> known = new LinkedHashSet<>();
        below(command).forEach(option -> known.addAll(Configuration.keys(option)));
        return Optional.of(
                command == root
                        ? "no command has an option '%s'%s".formatted(key, Nearest.question(key, known))
                        : "%s has no option '%s'%s"
                                .formatted(
                                        String.join(" ", Configuration.command(command)),
                                        key,
                                        Nearest.question(key, known)));
    }

    /** The options that keys mean, of all commands; none if there is a {@link #problem}. */
    List<OptionSpec> options(List<String> keys) {
        List<String> inProfile =
                keys.get(0).equals(Configuration.PROFILES) && keys.size() > 2 ? keys.subList(2, keys.size()) : keys;
        CommandSpec command = root;
        for (String name : inProfile.subList(0, inProfile.size() - 1)) {
            CommandLine below = command.subcommands().get(name);
            if (below == null) {
                return List.of();
            }
            command = below.getCommandSpec();
        }
        return options(command, inProfile.get(inProfile.size() - 1));
    }

    private static List<OptionSpec> options(CommandSpec command, String key) {
        return below(command)
                .filter(option -> Configuration.keys(option).contains(key))
                .toList();
    }

    /** The options that can be configured of a command and those below it. */
    static Stream<OptionSpec> below(CommandSpec command) {
        return Stream.concat(
                command.options().stream().filter(Configuration::isConfigurable),
                command.subcommands().values().stream().distinct().flatMap(line -> below(line.getCommandSpec())));
    }

    /** The variables by which options can be set. */
    Set<String> variables() {
        Set<String> names = new LinkedHashSet<>();
        names.add(Configuration.variable(List.of(), Configuration.PROFILE));
        below(root).forEach(option -> {
            List<String> command = Configuration.command(option.command());
            for (int depth = 0; depth <= command.size(); depth++) {
                for (String key : Configuration.keys(option)) {
                    names.add(Configuration.variable(command.subList(0, depth), key));
                }
            }
        });
        return names;
    }
}
