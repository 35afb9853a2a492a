package org.espalier.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.espalier.catalog.WholeFile;
import org.espalier.cli.ConfigFile.Setting;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code espalier config set}. */
@Command(
        name = "set",
        description = "Sets an option's default in the configuration file.",
        footer = {
            "",
            "KEY is an option's name without its hyphens: of every command that has it (threads), of one command",
            "(solve.method, models.list.context), or of a profile (profiles.math.policy). profile chooses a profile.",
        })
final class ConfigSetCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "KEY", description = "The option.")
    private String key = "";

    @Parameters(index = "1", paramLabel = "VALUE", description = "What it is by default.")
    private String value = "";

    @Override
    public void run() {
        Path path = set(Objects.requireNonNull(spec), keys(key), value);
        System.err.println("Set in " + path);
    }

    static List<String> keys(String key) {
        return List.of(key.split("\\.", -1));
    }

    /**
     * Sets a value in the configuration of a command line.
     *
     * @return the file
     * @throws UsageException if there is no such option, or it takes no such value
     */
    static Path set(CommandSpec spec, List<String> keys, String value) {
        ConfigKeys known = new ConfigKeys(spec.root());
        known.problem(keys).ifPresent(problem -> {
            throw new UsageException(problem);
        });
        List<OptionSpec> options = known.options(keys);
        List<String> problems = options.stream()
                .flatMap(option -> ConfigValue.problem(option, value).stream())
                .distinct()
                .toList();
        if (problems.size() == 1
                && options.stream()
                        .allMatch(one -> ConfigValue.problem(one, value).isPresent())) {
            throw new UsageException(String.join(".", keys) + ": " + problems.get(0));
        }
        boolean secret = options.stream().anyMatch(Configuration::isSecret);
        return change(spec, keys, text -> ConfigEdit.set(text, keys, value), secret);
    }

    /** Changes the file's text. */
    interface Change {
        String of(String text);
    }

    static Path change(CommandSpec spec, List<String> keys, Change change, boolean secret) {
        Path path = Configuration.of(spec).file().path();
        try {
            String before = Files.isRegularFile(path) ? Files.readString(path) : "";
            ConfigFile old = ConfigFile.parse(path, before);
            String after = change.of(before);
            requireOnly(keys, old, ConfigFile.parse(path, after));
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            WholeFile.write(path, after);
            if (secret && FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            return path;
        } catch (IOException e) {
            throw new EspalierException("cannot write %s: %s".formatted(path, Reason.of(e)), e);
        }
    }

    /** A form of YAML that is not understood here must not lose anything. */
    private static void requireOnly(List<String> keys, ConfigFile before, ConfigFile after) {
        if (!others(before, keys).equals(others(after, keys))) {
            throw new UsageException(
                    "%s is written in a form that can only be changed by hand".formatted(before.path()));
        }
    }

    private static List<List<Object>> others(ConfigFile file, List<String> keys) {
        return file.settings().stream()
                .filter(setting -> !setting.keys().equals(keys))
                .<List<Object>>map(ConfigSetCommand::content)
                .toList();
    }

    private static List<Object> content(Setting setting) {
        return List.of(setting.keys(), setting.text());
    }
}
