package org.espalier.structure;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.espalier.model.UsageException;
import tools.jackson.databind.JsonNode;

/** Checks documents by a JSON schema (2020-12, or the draft that it names). Nothing is fetched for it. */
final class SchemaCheck {
    /** Characters that a pattern may look at for one text: one that tries every way to match would go on for years. */
    private static final int MOST_LOOKS = 2_000_000;

    private final Schema schema;

    /**
     * @param schema that {@link SchemaGrammar} has taken, and thus refers to nothing outside
     * @throws UsageException if it is no schema
     */
    SchemaCheck(JsonNode schema) {
        SchemaRegistryConfig config = SchemaRegistryConfig.builder()
                .regularExpressionFactory(SchemaCheck::bounded)
                .formatAssertionsEnabled(true)
                .build();
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.fromSchemaNode(schema).orElse(SpecificationVersion.DRAFT_2020_12),
                builder -> builder.schemaRegistryConfig(config).schemaLoader(loader -> loader.block(iri -> true)));
        try {
            this.schema = registry.getSchema(schema);
            this.schema.initializeValidators();
        } catch (SchemaException | IllegalArgumentException | ClassCastException e) {
            throw new UsageException("the JSON schema cannot be used: " + line(e));
        }
    }

    /** Why a document is not of the schema, in a line; empty if it is. */
    Optional<String> fault(JsonNode document) {
        try {
            List<Error> errors = schema.validate(document);
            return errors.isEmpty()
                    ? Optional.empty()
                    : Optional.of(errors.get(0).toString());
        } catch (SchemaException | TooLong | IllegalArgumentException e) {
            return Optional.of(line(e));
        }
    }

    private static String line(RuntimeException e) {
        return Optional.ofNullable(e.getMessage())
                .flatMap(message -> message.lines().findFirst())
                .orElse(e.getClass().getSimpleName());
    }

    private static RegularExpression bounded(String regex) {
        Pattern pattern = Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
        return text ->
                pattern.matcher(new BoundedText(text, new int[] {MOST_LOOKS})).find();
    }

    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLong() {
            super("a pattern of the schema takes too long to match", null, false, false);
        }
    }

    /** A text that may be looked at so many times. */
    @SuppressWarnings("ArrayRecordComponent") // a count that parts of the text share
    private record BoundedText(String text, int[] left) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (--left[0] < 0) {
                throw new TooLong();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new BoundedText(text.substring(start, end), left);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
