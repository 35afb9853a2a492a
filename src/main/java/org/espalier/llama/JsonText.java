package org.espalier.llama;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Values as JSON's text. */
final class JsonText {
    private static final JsonMapper JSON = new JsonMapper();

    private JsonText() {}

    /** Text is taken to be JSON already. */
    static String of(@Nullable Object value) {
        return value instanceof String text ? text : JSON.writeValueAsString(value);
    }
}
