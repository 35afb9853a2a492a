package org.espalier.eval;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.catalog.WholeFile;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.UsageException;
import org.espalier.model.Wording;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.SearchSettings;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run was asked for, beside its records: a run goes on only with the configuration that it began with. */
public final class RunFile {
    /**
     * The file's content.
     *
     * @param configuration what the records depend on, by the names of the options
     * @param environment what else is worth knowing of the run that began it, such as versions
     */
    private record Run(Map<String, Object> configuration, Map<String, Object> environment) {}

    private static final JsonNode USUAL = new SearchSettings(SearchMethod.AUTO, SearchConfig.DEFAULT).toJson();

    private RunFile() {}

    /** The run's file beside records that have no folder of their own: {@code rollouts.jsonl.run.json}. */
    public static Path beside(Path records) {
        return records.resolveSibling(records.getFileName() + "." + RunFolder.RUN);
    }

    /**
     * Enters a configuration, or compares it with the one that is there. The caller holds the run's {@link RunLock}.
     *
     * @param file the run's
     * @param records what it describes; where there are none yet, an earlier configuration does not count
     * @throws UsageException if the records there are of another configuration, or of none that is known
     * @throws EspalierException if the file cannot be read or written
     */
    public static void claim(
            Path file, Path records, Map<String, Object> configuration, Map<String, Object> environment) {
        Run run = new Run(configuration, environment);
        try {
            boolean begun = Files.exists(records) && Files.size(records) > 0;
            if (!begun) {
                WholeFile.write(file, Json.PRETTY.writeValueAsString(run) + "\n");
                return;
            }
            if (!Files.exists(file)) {
                throw new UsageException(Wording.of(
                        "%s exists already, and is not from a run of Espalier: give another %s",
                        records, Parameter.of("out")));
            }
            compare(records, Json.LINES.readTree(Files.readString(file)).get("configuration"), configuration);
        } catch (IOException e) {
            throw new EspalierException("cannot read or write " + file + ": " + Reason.of(e), e);
        } catch (JacksonException e) {
            throw new EspalierException(noRun(file), e);
        }
    }

    /** Writes the file of a run whose records are there. */
    static void write(Path file, JsonNode configuration, JsonNode environment) throws IOException {
        ObjectNode run = Json.LINES.createObjectNode();
        run.set("configuration", configuration);
        run.set("environment", environment);
        WholeFile.write(file, Json.PRETTY.writeValueAsString(run) + "\n");
    }

    /**
     * The configuration that is there.
     *
     * @throws EspalierException if it cannot be read
     */
    static JsonNode configuration(Path file) {
        JsonNode configuration = read(file).get("configuration");
        if (configuration == null || !configuration.isObject()) {
            throw new EspalierException(file + " has no configuration: it is not from a run of Espalier");
        }
        return configuration;
    }

    /** What is known beside the configuration; nothing if the file does not say. */
    static JsonNode environment(Path file) {
        return read(file).path("environment");
    }

    private static JsonNode read(Path file) {
        try {
            return Json.LINES.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new EspalierException("cannot read " + file + ": " + Reason.of(e), e);
        } catch (JacksonException e) {
            throw new EspalierException(noRun(file), e);
        }
    }

    private static String noRun(Path file) {
        return file + " is not JSON: it is damaged, or not from a run of Espalier";
    }

    private static void compare(Path records, @Nullable JsonNode before, Map<String, Object> configuration) {
        JsonNode there = before == null ? Json.LINES.createObjectNode() : before;
        JsonNode here = Json.LINES.readTree(Json.LINES.writeValueAsString(configuration));
        List<String> differences = differences(there, "there", here, "here");
        if (!differences.isEmpty()) {
            throw new UsageException(Wording.of(
                    "%s is from another configuration (%s): give another %s, or the same options",
                    records, String.join("; ", differences), Parameter.of("out")));
        }
    }

    /** In what two configurations differ, such as "topK is 1 there and 2 here". */
    static List<String> differences(JsonNode one, String nameOfOne, JsonNode other, String nameOfOther) {
        Set<String> names = new LinkedHashSet<>(one.propertyNames());
        names.addAll(other.propertyNames());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            JsonNode was = known(one, name);
            JsonNode is = known(other, name);
            if (!isSame(was, is)) {
                differences.add("%s is %s %s and %s %s".formatted(name, shown(was), nameOfOne, shown(is), nameOfOther));
            }
        }
        return differences;
    }

    /** A setting of the search that a version did not write down was as it is usually. */
    private static JsonNode known(JsonNode configuration, String name) {
        return configuration.has(name) ? configuration.path(name) : USUAL.path(name);
    }

    /** Some versions wrote numbers as texts. */
    private static boolean isSame(JsonNode was, JsonNode is) {
        boolean values = was.isValueNode() && is.isValueNode();
        return was.equals(is) || (values && was.asString().equals(is.asString()));
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? "not set" : value.toString();
    }
}
