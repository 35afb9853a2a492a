package org.espalier.server;

import org.espalier.model.Parameter;
import org.espalier.model.Spelling;
import org.espalier.wire.SearchSettings;

/** Writes parameters as fields of a request: {@code 'espalier.beamWidth'}, {@code 'top_p'}. */
final class FieldSpelling implements Spelling {
    /** No setting of a search, but a field beside them. */
    private static final String GRAMMAR = "grammar";

    @Override
    public String of(Parameter parameter) {
        String field = "'" + path(parameter.name()) + "'";
        return parameter.value() == null ? field : field + ": " + parameter.value();
    }

    /** Where a request has a parameter. */
    static String path(String parameter) {
        if (parameter.equals(GRAMMAR)) {
            return GRAMMAR;
        }
        return SearchSettings.OPENAI.getOrDefault(parameter, "espalier." + parameter);
    }
}
