package org.espalier.catalog;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.espalier.catalog.CatalogEntry.Likelihood;
import org.espalier.catalog.CatalogEntry.Part;
import org.espalier.catalog.CatalogEntry.Role;
import org.espalier.catalog.CatalogEntry.Scope;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;

/**
 * Reads the YAML of a catalogue. Every command that solves needs a model's entry, and Jackson's data binding takes longer to
 * come up than the rest of such a command: so its parser's tokens are read, and records are made by hand.
 */
final class CatalogReader {
    private CatalogReader() {}

    /**
     * What a catalogue's text says.
     *
     * @param defaultPolicy empty if it names none
     */
    record Document(
            Optional<String> hub, Optional<String> defaultPolicy, List<ModelPair> pairs, List<CatalogEntry> models) {}

    /** @throws IllegalArgumentException if the text is not a catalogue; the message says where */
    static Document read(String yaml) {
        Fields fields = new Fields("the catalogue", tree(yaml));
        Document document = new Document(
                fields.textIfAny("hub"),
                fields.textIfAny("defaultPolicy"),
                fields.list("pairs", CatalogReader::pair),
                fields.list("models", CatalogReader::entry));
        fields.end();
        return document;
    }

    private static ModelPair pair(Fields fields) {
        return new ModelPair(fields.text("tier"), fields.text("policy"), fields.text("prm"));
    }

    private static CatalogEntry entry(Fields fields) {
        return new CatalogEntry(
                fields.text("name"),
                fields.text("description"),
                fields.one("role", Role.values()).orElseThrow(() -> fields.missing("role")),
                fields.text("licence"),
                fields.whole("bytes"),
                fields.textIfAny("sha256").orElse(""),
                fields.list("parts", CatalogReader::part),
                fields.textIfAny("bundled"),
                fields.textIfAny("prm"),
                fields.textIfAny("from"),
                fields.textIfAny("profile"),
                fields.wholeIfAny("cacheBytesPerToken"),
                fields.one("likelihood", Likelihood.values()),
                fields.textIfAny("caution"),
                fields.objectIfAny("scope", CatalogReader::scope),
                fields.textIfAny("checkpoint"),
                fields.wholeIfAny("transferBytes"),
                fields.textIfAny("licenceNote"));
    }

    private static Part part(Fields fields) {
        return new Part(
                fields.text("requirement"),
                fields.whole("downloadBytes"),
                fields.text("member"),
                fields.whole("bytes"),
                fields.text("sha256"));
    }

    private static Scope scope(Fields fields) {
        return new Scope(
                fields.text("knows"),
                Math.toIntExact(fields.whole("numbers")),
                fields.wholeIfAny("mostNumbers").map(Math::toIntExact),
                fields.number("piecesPerWord"),
                fields.text("instead"),
                fields.textIfAny("domain"));
    }

    /** Maps, lists, texts and null, as they are nested. */
    private static Object tree(String yaml) {
        try (JsonParser parser = new YAMLFactory().createParser(ObjectReadContext.empty(), yaml)) {
            Object tree = value(parser, parser.nextToken());
            if (tree == null) {
                throw new IllegalArgumentException("it is empty");
            }
            return tree;
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    private static @Nullable Object value(JsonParser parser, @Nullable JsonToken token) {
        if (token == null || token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token == JsonToken.START_ARRAY) {
            List<@Nullable Object> list = new ArrayList<>();
            for (JsonToken next = parser.nextToken(); next != JsonToken.END_ARRAY; next = parser.nextToken()) {
                list.add(value(parser, next));
            }
            return list;
        }
        if (token != JsonToken.START_OBJECT) {
            return parser.getString();
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = String.valueOf(parser.currentName());
            if (map.containsKey(name)) {
                throw new IllegalArgumentException("'%s' is given twice".formatted(name));
            }
            map.put(name, value(parser, parser.nextToken()));
        }
        return map;
    }

    /** The fields of an object; each that is there has to be asked for. */
    private static final class Fields {
        private final String where;
        private final Map<?, ?> values;
        private final Set<String> asked = new HashSet<>();

        /** @param where what messages call the object */
        Fields(String where, @Nullable Object value) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new IllegalArgumentException(where + " has no fields");
            }
            this.where = map.get("name") instanceof String name ? name : where;
            values = map;
        }

        private @Nullable Object get(String field) {
            asked.add(field);
            return values.get(field);
        }

        Optional<String> textIfAny(String field) {
            return Optional.ofNullable(get(field)).map(value -> {
                if (value instanceof String text) {
                    return text;
                }
                throw new IllegalArgumentException("'%s' of %s is not a text".formatted(field, where));
            });
        }

        String text(String field) {
            return textIfAny(field).orElseThrow(() -> missing(field));
        }

        Optional<Long> wholeIfAny(String field) {
            return textIfAny(field).map(text -> parsed(field, text, Long::valueOf));
        }

        long whole(String field) {
            return wholeIfAny(field).orElseThrow(() -> missing(field));
        }

        double number(String field) {
            return parsed(field, text(field), Double::valueOf);
        }

        private <T> T parsed(String field, String text, Function<String, T> parser) {
            try {
                return parser.apply(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'%s' of %s is not such a number".formatted(field, where), e);
            }
        }

        /** One of an enum's constants, in any case of letters. */
        <E extends Enum<E>> Optional<E> one(String field, E[] constants) {
            return textIfAny(field)
                    .map(text -> Stream.of(constants)
                            .filter(constant -> constant.name().equals(text.toUpperCase(Locale.ROOT)))
                            .findFirst()
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "'%s' of %s cannot be %s".formatted(field, where, text))));
        }

        <T> Optional<T> objectIfAny(String field, Function<Fields, T> reader) {
            return Optional.ofNullable(get(field)).map(value -> read(field, value, reader));
        }

        <T> List<T> list(String field, Function<Fields, T> reader) {
            Object value = get(field);
            if (value == null) {
                return List.of();
            }
            if (!(value instanceof List<?> list)) {
                throw new IllegalArgumentException("'%s' of %s is not a list".formatted(field, where));
            }
            List<T> read = new ArrayList<>();
            for (Object each : list) {
                read.add(read(field, each, reader));
            }
            return read;
        }

        private <T> T read(String field, @Nullable Object value, Function<Fields, T> reader) {
            Fields fields = new Fields("'%s' of %s".formatted(field, where), value);
            T read = reader.apply(fields);
            fields.end();
            return read;
        }

        IllegalArgumentException missing(String field) {
            return new IllegalArgumentException("'%s' of %s is missing".formatted(field, where));
        }

        /** @throws IllegalArgumentException if there is a field that nobody has asked for */
        void end() {
            for (Object field : values.keySet()) {
                if (!asked.contains(String.valueOf(field))) {
                    throw new IllegalArgumentException("%s has an unknown field '%s'".formatted(where, field));
                }
            }
        }
    }
}
