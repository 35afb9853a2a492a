package org.espalier.structure;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.espalier.model.UsageException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as it is read and compared here: one value, no key twice, numbers as they were written. */
final class StrictJson {
    private static final int DEEPEST = 200;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxNumberLength(400)
                            .build())
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private StrictJson() {}

    /** The value that a text is; empty if it is none. */
    static Optional<JsonNode> read(String text) {
        try {
            JsonNode value = MAPPER.readTree(text);
            return value.isMissingNode() ? Optional.empty() : Optional.of(value);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * The value that a text is.
     *
     * @param what it is, for the message
     * @throws UsageException if it is none
     */
    static JsonNode require(String text, String what) {
        try {
            JsonNode value = MAPPER.readTree(text);
            if (!value.isMissingNode()) {
                return value;
            }
        } catch (JacksonException e) {
            throw new UsageException(what + " is not JSON: "
                    + e.getOriginalMessage().lines().findFirst().orElse("it cannot be read"));
        }
        throw new UsageException(what + " is empty: give JSON");
    }

    /** The value in one line. */
    static String write(JsonNode value) {
        return MAPPER.writeValueAsString(value);
    }

    /** The same text for all values that mean the same: keys are in order, and 1.0 is 1. */
    static String canonical(JsonNode value) {
        return write(ordered(value));
    }

    private static JsonNode ordered(JsonNode value) {
        if (value instanceof ObjectNode object) {
            Map<String, JsonNode> sorted = new TreeMap<>();
            object.properties().forEach(entry -> sorted.put(entry.getKey(), ordered(entry.getValue())));
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            sorted.forEach(all::set);
            return all;
        }
        if (value instanceof ArrayNode array) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            array.forEach(item -> all.add(ordered(item)));
            return all;
        }
        return value.isNumber() ? number(value) : value;
    }

    private static JsonNode number(JsonNode value) {
        BigDecimal number = value.decimalValue().stripTrailingZeros();
        boolean small = number.scale() <= 0 && number.precision() - number.scale() <= 30;
        return small
                ? JsonNodeFactory.instance.numberNode(number.toBigInteger())
                : JsonNodeFactory.instance.numberNode(number);
    }
}
