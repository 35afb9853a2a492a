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

    /**
     * The configuration that is there.
     *
     * @throws EspalierException if it cannot be read
     */
    static JsonNode configuration(Path file) {
        try {
            JsonNode configuration = Json.LINES.readTree(Files.readString(file)).get("configuration");
            if (configuration == null || !configuration.isObject()) {
                throw new EspalierException(file + " has no configuration: it is not from a run of Espalier");
            }
            return configuration;
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
        Set<String> names = new LinkedHashSet<>(there.propertyNames());
        names.addAll(here.propertyNames());
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            JsonNode was = known(there, name);
            JsonNode is = known(here, name);
            if (!isSame(was, is)) {
                differences.add("%s is %s there and %s here".formatted(name, shown(was), shown(is)));
            }
        }
        if (!differences.isEmpty()) {
            throw new UsageException(Wording.of(
                    "%s is from another configuration (%s): give another %s, or the same options",
                    records, String.join("; ", differences), Parameter.of("out")));
        }
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
