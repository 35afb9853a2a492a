package org.espalier.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.espalier.cli.ConfigFile.Setting;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What options are where the command line does not say: the environment's variables, then the profile that is chosen, then
 * the configuration file, then what is built in. A value for one command goes before one for all.
 */
final class Configuration implements IDefaultValueProvider {
    static final String PROFILES = "profiles";
    static final String PROFILE = "profile";
    private static final String PREFIX = "ESPALIER_";

    /** Not to be given by default: they ask for something else than the command's work. */
    private static final Set<String> NEVER = Set.of("--help", "--version", "--profile", "--unsafe-run");

    /** Variables of the launcher, the build, the tests and the engine. */
    private static final Set<String> NO_OPTIONS = Set.of(
            "ESPALIER_CACHE",
            "ESPALIER_CONFIG",
            "ESPALIER_LOAD_CHECK",
            "ESPALIER_SANDBOX",
            "ESPALIER_PYTHON",
            "ESPALIER_JAVA_OPTS",
            "ESPALIER_MAVEN_ARGS",
            "ESPALIER_LLAMA_PACKAGE",
            "ESPALIER_LLAMA_SOURCE",
            "ESPALIER_LLAMA_LIB",
            "ESPALIER_TRAIN_DIR",
            "ESPALIER_TESTS",
            "ESPALIER_REQUIRE_BROWSER",
            "ESPALIER_ARM",
            "ESPALIER_LOG");

    /** Not to be shown. */
    private static final Set<String> SECRETS = Set.of("--api-key");

    private final ConfigFile file;
    private final Map<String, String> environment;
    private final @Nullable String profile;
    private final List<String> typed;

    /** Whether no option can have a value here, as for most users. */
    private final boolean isEmpty;

    /**
     * A value and where it comes from.
     *
     * @param text as it would be typed behind the option
     * @param origin such as {@code ESPALIER_THREADS} or {@code /home/me/.config/espalier/config.yaml:3}
     */
    record Value(String text, String origin) {}

    private Configuration(
            ConfigFile file, Map<String, String> environment, @Nullable String profile, List<String> typed) {
        this.file = file;
        this.environment = Map.copyOf(environment);
        this.profile = profile;
        this.typed = List.copyOf(typed);
        isEmpty = file.settings().isEmpty()
                && environment.keySet().stream()
                        .noneMatch(name -> name.startsWith(PREFIX) && !NO_OPTIONS.contains(name));
    }

    /** Where nothing is configured, or what is there is not to be used. */
    static Configuration none(Path path) {
        return new Configuration(new ConfigFile(path, List.of()), Map.of(), null, List.of());
    }

    /**
     * Reads the file and checks its keys.
     *
     * @param root with the command that runs, and perhaps with others
     * @param all gives the root with all commands, for keys that mean none of these
     * @param arguments of the command line
     * @throws UsageException if the file is none, has keys that no option has, or lacks the profile
     */
    static Configuration of(
            ConfigFile file,
            Map<String, String> environment,
            CommandSpec root,
            Supplier<CommandSpec> all,
            List<String> arguments) {
        ConfigKeys near = new ConfigKeys(root);
        List<Setting> others = file.settings().stream()
                .filter(setting -> near.problem(setting.keys()).isPresent())
                .toList();
        if (!others.isEmpty()) {
            ConfigKeys keys = new ConfigKeys(all.get());
            for (Setting setting : others) {
                keys.problem(setting.keys()).ifPresent(problem -> {
                    throw file.problem(setting, problem);
                });
            }
        }
        String profile = chosenProfile(file, environment, arguments);
        if (profile != null && !file.profiles().contains(profile)) {
            throw new UsageException("there is no profile '%s' in %s%s"
                    .formatted(
                            profile,
                            file.path(),
                            file.profiles().isEmpty() ? "" : ": it has " + String.join(", ", file.profiles())));
        }
        return new Configuration(file, environment, profile, arguments);
    }

    private static @Nullable String chosenProfile(
            ConfigFile file, Map<String, String> environment, List<String> arguments) {
        for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--profile") && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
            if (argument.startsWith("--profile=")) {
                return argument.substring("--profile=".length());
            }
        }
        String variable = environment.getOrDefault(PREFIX + "PROFILE", "");
        return variable.isEmpty()
                ? file.find(List.of(PROFILE)).map(Setting::text).orElse(null)
                : variable;
    }

    ConfigFile file() {
        return file;
    }

    Optional<String> profile() {
        return Optional.ofNullable(profile);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        // A flag that is typed would be the opposite of its default.
        return !isEmpty && argument instanceof OptionSpec option && !isTypedFlag(option)
                ? of(option).map(Value::text).orElse(null)
                : null;
    }

    private boolean isTypedFlag(OptionSpec option) {
        if (option.type() != boolean.class) {
            return false;
        }
        for (String name : option.names()) {
            if (typed.stream().anyMatch(one -> one.equals(name) || one.startsWith(name + "="))) {
                return true;
            }
        }
        return false;
    }

    /** What is configured for an option; empty if that is left to what is built in. */
    Optional<Value> of(OptionSpec option) {
        if (isEmpty || !isConfigurable(option)) {
            return Optional.empty();
        }
        List<String> command = command(option.command());
        return ofEnvironment(option, command)
                .or(() -> profile == null ? Optional.empty() : ofFile(option, command, List.of(PROFILES, profile)))
                .or(() -> ofFile(option, command, List.of()));
    }

    private Optional<Value> ofEnvironment(OptionSpec option, List<String> command) {
        for (int depth = command.size(); depth >= 0; depth--) {
            for (String key : keys(option)) {
                String variable = variable(command.subList(0, depth), key);
                String text = environment.getOrDefault(variable, "");
                if (!text.isEmpty()) {
                    return Optional.of(new Value(spelled(option, text), variable));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Value> ofFile(OptionSpec option, List<String> command, List<String> above) {
        for (int depth = command.size(); depth >= 0; depth--) {
            for (String key : keys(option)) {
                List<String> path = new ArrayList<>(above);
                path.addAll(command.subList(0, depth));
                path.add(key);
                Optional<Setting> setting = file.find(path);
                if (setting.isPresent()) {
                    String where = "%s:%d".formatted(file.path(), setting.get().line());
                    return Optional.of(new Value(
                            spelled(option, setting.get().text()),
                            above.isEmpty() ? where : "profile %s (%s)".formatted(above.get(1), where)));
                }
            }
        }
        return Optional.empty();
    }

    /** Variables that are spelled as ours and mean nothing, each with what may have been meant. */
    List<String> unknownVariables(CommandSpec root) {
        Set<String> known = new ConfigKeys(root).variables();
        return environment.keySet().stream()
                .filter(name -> name.startsWith(PREFIX) && !known.contains(name) && !NO_OPTIONS.contains(name))
                .sorted()
                .map(name -> name + " is no option's variable" + Nearest.question(name, known))
                .toList();
    }

    static String variable(List<String> command, String key) {
        List<String> words = new ArrayList<>(command);
        words.add(key);
        return PREFIX + String.join("_", words).replace('-', '_').toUpperCase(Locale.ROOT);
    }

    static boolean isConfigurable(OptionSpec option) {
        return !NEVER.contains(option.longestName()) && !option.usageHelp() && !option.versionHelp();
    }

    /** Whether a value is not to be shown. */
    static boolean isSecret(OptionSpec option) {
        return SECRETS.contains(option.longestName());
    }

    /** The option's names without their hyphens, the longest first. */
    static List<String> keys(OptionSpec option) {
        List<String> keys = new ArrayList<>();
        keys.add(option.longestName().replaceFirst("^-+", ""));
        for (String name : option.names()) {
            String key = name.replaceFirst("^-+", "");
            if (!keys.contains(key)) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** Names of a command below the first, outermost first. */
    static List<String> command(CommandSpec spec) {
        List<String> names = new ArrayList<>();
        for (CommandSpec at = spec; at.parent() != null; at = at.parent()) {
            names.add(0, at.name());
        }
        return names;
    }

    /** YAML and shells have several words for yes and no. */
    private static String spelled(OptionSpec option, String text) {
        if (option.type() != boolean.class) {
            return text;
        }
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "1", "yes", "on" -> "true";
            case "0", "no", "off" -> "false";
            default -> text.strip();
        };
    }

    /** The one of a command line. */
    static Configuration of(CommandSpec spec) {
        return spec.commandLine().getDefaultValueProvider() instanceof Configuration configuration
                ? configuration
                : none(Path.of("config.yaml"));
    }
}
