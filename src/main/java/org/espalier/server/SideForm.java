package org.espalier.server;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.model.ReplyForm;
import org.espalier.structure.JsonForm;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The object that the template of a {@link SideRequest} shows as what it wants. */
final class SideForm {
    /** As Open WebUI's templates have an example of it. */
    private static final Pattern WANTED =
            Pattern.compile("\\bJSON format:\\s*(\\{[^{}]{1,1000}\\})", Pattern.CASE_INSENSITIVE);

    private static final int LONGEST_TEXT = 150;
    private static final int MOST_TEXTS = 5;

    private SideForm() {}

    /**
     * The form that a request's template shows: an object of texts and lists of texts. Front-ends drop a reply of any other form,
     * and small models seldom keep to one unless they must.
     *
     * @return null if it shows none
     */
    static @Nullable ReplyForm of(String text) {
        Matcher wanted = WANTED.matcher(text);
        if (!wanted.find()) {
            return null;
        }
        ObjectNode schema = Json.MAPPER.createObjectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = schema.putArray("required");
        try {
            for (Map.Entry<String, JsonNode> part :
                    Json.MAPPER.readTree(wanted.group(1)).properties()) {
                boolean several = part.getValue().isArray();
                if (!several && !part.getValue().isString()) {
                    return null;
                }
                ObjectNode one = properties.putObject(part.getKey());
                if (several) {
                    one.put("type", "array").put("minItems", 1).put("maxItems", MOST_TEXTS);
                }
                (several ? one.putObject("items") : one)
                        .put("type", "string")
                        .put("minLength", 1)
                        .put("maxLength", LONGEST_TEXT);
                required.add(part.getKey());
            }
        } catch (JacksonException e) {
            return null;
        }
        return required.isEmpty() ? null : JsonForm.of(schema.toString());
    }
}
