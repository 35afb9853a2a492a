package org.espalier.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import java.util.List;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.wire.DocumentException;
import org.espalier.wire.Documents;
import org.espalier.wire.SearchSettings;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads option classes as settings of a search: each field that has a setting's name, unless it is null. */
final class SettingOptions {
    private static final JsonMapper FIELDS = Documents.MAPPER
            .rebuild()
            .changeDefaultVisibility(checker -> checker.withVisibility(PropertyAccessor.ALL, Visibility.NONE)
                    .withVisibility(PropertyAccessor.FIELD, Visibility.ANY))
            .build();

    private SettingOptions() {}

    /** The fields of option classes, by their names. */
    static ObjectNode fields(Object... options) {
        ObjectNode fields = FIELDS.createObjectNode();
        for (Object each : options) {
            fields.setAll(FIELDS.<ObjectNode>valueToTree(each));
        }
        return fields;
    }

    /**
     * The search that options ask for, with the usual values for all that they leave open.
     *
     * @throws UsageException if a value is out of its range
     */
    static SearchConfig config(ObjectNode fields) {
        try {
            return new SearchSettings(SearchMethod.AUTO, SearchConfig.DEFAULT)
                    .with(fields.without("method"))
                    .config();
        } catch (DocumentException e) {
            throw new UsageException(List.of(Violation.of(e.path(), "%s must be %s", e.expected())));
        }
    }
}
