package org.espalier.eval;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Locale;
import org.espalier.search.Selection;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.StdConverter;

/** A selection that records spell in small letters. */
@JacksonAnnotationsInside
@JsonSerialize(converter = SelectionName.Writer.class)
@JsonDeserialize(converter = SelectionName.Reader.class)
@Retention(RetentionPolicy.RUNTIME)
@interface SelectionName {
    /** From a selection to its name. */
    final class Writer extends StdConverter<Selection, String> {
        @Override
        public String convert(Selection selection) {
            return selection.name().toLowerCase(Locale.ROOT);
        }
    }

    /** From a name to the selection. */
    final class Reader extends StdConverter<String, Selection> {
        @Override
        public Selection convert(String name) {
            return Selection.valueOf(name.toUpperCase(Locale.ROOT));
        }
    }
}
