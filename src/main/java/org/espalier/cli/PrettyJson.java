package org.espalier.cli;

import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/** What {@code --json} prints: one object, for people to read as well. */
final class PrettyJson {
    private static final ObjectWriter WRITER = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    private PrettyJson() {}

    static String of(Object value) {
        return WRITER.writeValueAsString(value);
    }
}
