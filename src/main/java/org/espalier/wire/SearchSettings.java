package org.espalier.wire;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;
import java.util.Set;
import org.espalier.model.UsageException;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search as one flat JSON object: the method, and every setting by the name of its option, such as {@code beamWidth} for
 * {@code beam-width}. Settings that are null are left out.
 */
public record SearchSettings(
        SearchMethod method, @JsonUnwrapped SearchConfig config) {
    /** The names of all settings, the method's included. */
    public static final Set<String> NAMES =
            Set.copyOf(Documents.components(SearchSettings.class).keySet());

    /** Settings of a search that a server does not take from its clients. */
    public static final Set<String> LOCAL = Set.of("parity", "filterDuplicates", "sortCompleted", "delimiter", "plan");

    /** Settings that OpenAI's API has as well, beside the object {@code espalier}, and its names for them. */
    public static final Map<String, String> OPENAI = Map.ofEntries(
            Map.entry("temperature", "temperature"),
            Map.entry("topP", "top_p"),
            Map.entry("maxTokens", "max_tokens"),
            Map.entry("seed", "seed"),
            Map.entry("presencePenalty", "presence_penalty"),
            Map.entry("frequencyPenalty", "frequency_penalty"),
            Map.entry("logitBias", "logit_bias"));

    /**
     * These settings, but for those that an object names. Its other fields, and those that are null, say nothing.
     *
     * @throws DocumentException if a setting is of another kind than it has to be
     * @throws UsageException if a value is out of its range
     */
    public SearchSettings with(JsonNode given) {
        ObjectNode all = toJson();
        given.properties().forEach(field -> {
            if (NAMES.contains(field.getKey()) && !field.getValue().isNull()) {
                all.set(field.getKey(), field.getValue());
            }
        });
        return Documents.read(all, SearchSettings.class, true);
    }

    /** The settings in the order in which the records declare them. */
    public ObjectNode toJson() {
        ObjectNode all = Documents.MAPPER.valueToTree(this);
        all.removeNulls();
        return all;
    }
}
