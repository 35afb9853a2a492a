package org.espalier.server;

import java.util.Map;
import org.espalier.model.Parameter;
import org.espalier.model.Spelling;

/** Writes parameters as fields of a request: {@code 'espalier.beamWidth'}, {@code 'top_p'}. */
final class FieldSpelling implements Spelling {
    /** What OpenAI's API has has its name there. */
    private static final Map<String, String> OPENAI =
            Map.of("temperature", "temperature", "topP", "top_p", "maxTokens", "max_tokens", "seed", "seed");

    @Override
    public String of(Parameter parameter) {
        String field = "'" + path(parameter.name()) + "'";
        return parameter.value() == null ? field : field + ": " + parameter.value();
    }

    /** Where a request has a parameter. */
    static String path(String parameter) {
        return OPENAI.getOrDefault(parameter, "espalier." + parameter);
    }
}
