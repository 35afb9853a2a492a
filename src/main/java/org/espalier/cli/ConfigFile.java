package org.espalier.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.espalier.catalog.UserFolder;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * A user's configuration file, with the line of each value. A value is at a path of keys: {@code threads}, {@code solve
 * threads} for one command alone, or either behind {@code profiles NAME}.
 *
 * @param path of the file, which need not exist
 * @param settings in the file's order
 */
record ConfigFile(Path path, List<Setting> settings) {
    /**
     * A value.
     *
     * @param keys by which it is reached
     * @param text as it would be typed behind the option; a list's are separated by commas
     * @param line in the file, from 1 on
     */
    record Setting(List<String> keys, String text, int line) {
        Setting {
            keys = List.copyOf(keys);
        }
    }

    /**
     * Where the file is: {@code $ESPALIER_CONFIG}, or {@code espalier/config.yaml} in {@code $XDG_CONFIG_HOME}, or that in
     * {@code ~/.config}. A relative {@code XDG_CONFIG_HOME} counts as not set, as its specification asks.
     */
    static Path place(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("ESPALIER_CONFIG", "");
        if (!own.isEmpty()) {
            return Path.of(own).toAbsolutePath().normalize();
        }
        return UserFolder.of(environment, "XDG_CONFIG_HOME", home, ".config").resolve("config.yaml");
    }

    /** @throws UsageException if it cannot be read, or is none; the message has the file and the line */
    static ConfigFile read(Path path) {
        if (!Files.isRegularFile(path)) {
            return new ConfigFile(path, List.of());
        }
        try {
            return parse(path, Files.readString(path));
        } catch (IOException e) {
            throw new UsageException("cannot read the configuration %s: %s".formatted(path, Reason.of(e)));
        }
    }

    /** @throws UsageException if the text is no configuration */
    static ConfigFile parse(Path path, String text) {
        List<Setting> settings = new ArrayList<>();
        // A mapper takes a while to come up; its parser does not.
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null || (first == JsonToken.VALUE_NULL && parser.nextToken() == null)) {
                return new ConfigFile(path, settings);
            }
            if (first != JsonToken.START_OBJECT) {
                throw problem(path, line(parser), "a line has the form KEY: VALUE");
            }
            mapping(path, parser, List.of(), settings);
            return new ConfigFile(path, List.copyOf(settings));
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            String reason = String.valueOf(e.getOriginalMessage());
            throw problem(
                    path,
                    line,
                    "this is not YAML: " + reason.lines().findFirst().orElse("").strip());
        }
    }

    private static void mapping(Path path, JsonParser parser, List<String> above, List<Setting> settings) {
        Set<String> seen = new HashSet<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
            String key = Objects.requireNonNull(parser.currentName());
            int line = line(parser);
            if (!seen.add(key)) {
                throw problem(path, line, "'%s' is given twice".formatted(key));
            }
            List<String> keys = new ArrayList<>(above);
            keys.add(key);
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT) {
                mapping(path, parser, keys, settings);
            } else if (value == JsonToken.START_ARRAY) {
                settings.add(new Setting(keys, list(path, parser, key), line));
            } else if (value == null || value == JsonToken.VALUE_NULL) {
                throw problem(path, line, "'%s' has no value".formatted(key));
            } else {
                settings.add(new Setting(keys, parser.getString(), line));
            }
        }
    }

    private static String list(Path path, JsonParser parser, String key) {
        List<String> values = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == null || !token.isScalarValue() || token == JsonToken.VALUE_NULL) {
                throw problem(path, line(parser), "'%s' takes plain values".formatted(key));
            }
            values.add(parser.getString());
        }
        return String.join(",", values);
    }

    private static int line(JsonParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private static UsageException problem(Path path, int line, String what) {
        return new UsageException("%s:%d: %s".formatted(path, line, what));
    }

    /** An error about one of its values. */
    UsageException problem(Setting setting, String what) {
        return problem(path, setting.line(), what);
    }

    Optional<Setting> find(List<String> keys) {
        return settings.stream().filter(one -> one.keys().equals(keys)).findFirst();
    }

    /** Names of the profiles, in the file's order. */
    List<String> profiles() {
        return settings.stream()
                .map(Setting::keys)
                .filter(keys -> keys.get(0).equals(Configuration.PROFILES) && keys.size() > 1)
                .map(keys -> keys.get(1))
                .distinct()
                .toList();
    }
}
