package org.espalier.server;

import org.espalier.model.Parameter;
import org.espalier.model.Spelling;
import org.espalier.wire.SearchSettings;

/** Writes parameters as fields of a request: {@code 'espalier.beamWidth'}, {@code 'top_p'}. */
final class FieldSpelling implements Spelling {
    @Override
    public String of(Parameter parameter) {
        String field = "'" + path(parameter.name()) + "'";
        return parameter.value() == null ? field : field + ": " + parameter.value();
    }

    /** Where a request has a parameter. */
    static String path(String parameter) {
        return SearchSettings.OPENAI.getOrDefault(parameter, "espalier." + parameter);
    }
}
