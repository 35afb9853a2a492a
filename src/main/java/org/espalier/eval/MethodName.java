package org.espalier.eval;

import com.fasterxml.jackson.annotation.JacksonAnnotationsInside;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.espalier.search.SearchMethod;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.util.StdConverter;

/** A method that records and reports spell as the command line does. */
@JacksonAnnotationsInside
@JsonSerialize(converter = MethodName.Writer.class)
@JsonDeserialize(converter = MethodName.Reader.class)
@Retention(RetentionPolicy.RUNTIME)
@interface MethodName {
    /** From a method to its name. */
    final class Writer extends StdConverter<SearchMethod, String> {
        @Override
        public String convert(SearchMethod method) {
            return method.cliName();
        }
    }

    /** From a name to the method. */
    final class Reader extends StdConverter<String, SearchMethod> {
        @Override
        public SearchMethod convert(String name) {
            return SearchMethod.parse(name);
        }
    }
}
