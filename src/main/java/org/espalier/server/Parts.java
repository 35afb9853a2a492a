package org.espalier.server;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Reads contents that are texts or arrays of parts, as all protocols have them. */
final class Parts {
    /** What parts of text are called. */
    private static final Set<String> TEXTS = Set.of("text", "input_text", "output_text", "refusal");
    /** What is no text, by the names that protocols have for it. */
    private static final Set<String> OTHERS = Set.of(
            "image_url",
            "input_image",
            "image",
            "input_audio",
            "audio",
            "video_url",
            "file",
            "input_file",
            "document",
            "search_result");

    private Parts() {}

    /** Whether it is a part that has text. */
    static boolean isText(JsonNode part) {
        return TEXTS.contains(part.path("type").asString(""));
    }

    /**
     * The text of a content.
     *
     * @param where it stands, for errors
     * @throws ApiException if it is neither text nor made of it
     */
    static String text(JsonNode content, String where) {
        if (content.isNull()) {
            return "";
        }
        if (content.isString()) {
            return content.asString();
        }
        if (!content.isArray()) {
            throw wrong(where, "a string or an array of text parts");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            String type = part.path("type").asString("");
            if (OTHERS.contains(type)) {
                throw ApiException.unsupported(
                        where,
                        "'" + where + "' has a part of the type " + type
                                + ": the models here read text alone; leave it out");
            }
            JsonNode said = part.path(type.equals("refusal") ? "refusal" : "text");
            if (!isText(part) || !said.isString()) {
                throw wrong(where, "made of parts {\"type\": \"text\", \"text\": …}");
            }
            text.append(said.asString());
        }
        return text.toString();
    }

    static ApiException wrong(String where, String expected) {
        return ApiException.invalid(where, "'" + where + "' must be " + expected);
    }
}
