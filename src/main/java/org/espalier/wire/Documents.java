package org.espalier.wire;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.espalier.model.UsageException;
import org.espalier.search.SearchMethod;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads records from JSON that others wrote, and believes nothing of it: a component that is missing or of another kind is
 * named. Components marked {@link Nullable} may be missing. Stateless.
 */
public final class Documents {
    /** Writes constants as options are spelled, {@code best-of-n}; everything else as Jackson does. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .annotationIntrospector(new OptionNames())
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(EnumFeature.READ_ENUMS_USING_TO_STRING, EnumFeature.WRITE_ENUMS_USING_TO_STRING)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Whole numbers that may be negative. */
    private static final Set<String> SIGNED = Set.of("seed", "repeatLastN");

    private Documents() {}

    private static final class OptionNames extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public String[] findEnumValues(
                MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[] names) {
            return Arrays.stream(constants).map(Documents::spelled).toArray(String[]::new);
        }

        /** Methods in the plans of recorded runs have their constants' names. */
        @Override
        public void findEnumAliases(
                MapperConfig<?> config, AnnotatedClass type, Enum<?>[] constants, String[][] aliases) {
            for (int i = 0; i < constants.length && constants[i] instanceof SearchMethod; i++) {
                aliases[i] = new String[] {constants[i].name()};
            }
        }
    }

    static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads a record.
     *
     * @throws DocumentException if a component is missing or of another kind
     * @throws UsageException if the record refuses its values
     */
    public static <T extends Record> T read(JsonNode document, Class<T> type) {
        return read(document, type, false);
    }

    /** @param ruled whether the record has rules of its own for its numbers, so that any will do here */
    static <T extends Record> T read(JsonNode document, Class<T> type, boolean ruled) {
        if (!document.isObject()) {
            throw new DocumentException("the document", "an object");
        }
        checkComponents(document, type, "", ruled);
        try {
            return MAPPER.treeToValue(document, type);
        } catch (JacksonException e) {
            if (e.getCause() instanceof UsageException refused) {
                throw refused;
            }
            throw new DocumentException(
                    e.getPath().stream()
                            .map(JacksonException.Reference::getPropertyName)
                            .map(String::valueOf)
                            .collect(Collectors.joining(".")),
                    "something else");
        }
    }

    /** The components of a record as a document has them: those of unwrapped records in their place. */
    static Map<String, RecordComponent> components(Class<?> type) {
        Map<String, RecordComponent> components = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
                components.putAll(components(component.getType()));
            } else {
                @Nullable JsonProperty named = component.getAccessor().getAnnotation(JsonProperty.class);
                components.put(named == null ? component.getName() : named.value(), component);
            }
        }
        return components;
    }

    private static void checkComponents(JsonNode object, Class<?> type, String path, boolean ruled) {
        components(type).forEach((name, component) -> {
            JsonNode value = object.path(name);
            boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
            if (!nullable || !(value.isMissingNode() || value.isNull())) {
                Kind kind = Kind.of(component.getGenericType(), ruled || SIGNED.contains(name));
                check(value, kind, path + name, kind.expected() + (nullable ? " or null" : ""));
            }
        });
    }

    private static void check(JsonNode value, Kind kind, String path, String expected) {
        if (!kind.fits().test(value)) {
            throw new DocumentException(path, expected);
        }
        if (kind.record() != null) {
            checkComponents(value, kind.record(), path + ".", false);
        }
        if (kind.each() != null) {
            for (int i = 0; i < value.size(); i++) {
                if (!kind.each().fits().test(value.get(i))) {
                    throw new DocumentException(path, expected);
                }
                check(value.get(i), kind.each(), path + "[" + i + "]", expected);
            }
        }
    }

    /**
     * What the JSON of a type looks like.
     *
     * @param expected in words, for one value
     * @param plural of the words
     * @param record whose components an object has; null if the type is none
     * @param each kind of a list's elements; null if the type is none
     */
    private record Kind(
            Predicate<JsonNode> fits,
            String expected,
            String plural,
            @Nullable Class<?> record,
            @Nullable Kind each) {
        /** @param any whether a whole number may be negative, and another one without end */
        static Kind of(Type type, boolean any) {
            if (type instanceof ParameterizedType map && map.getRawType() == Map.class) {
                Kind value = of(map.getActualTypeArguments()[1], any);
                return one(
                        object -> object.isObject()
                                && object.properties().stream()
                                        .allMatch(
                                                entry -> isNumber(entry.getKey()) && value.fits.test(entry.getValue())),
                        "an object of " + value.plural + " by the numbers of tokens",
                        "objects");
            }
            if (type instanceof ParameterizedType list) {
                Kind each = of(list.getActualTypeArguments()[0], any);
                return new Kind(JsonNode::isArray, "a list of " + each.plural, "lists", null, each);
            }
            Class<?> named = (Class<?>) type;
            if (named == int.class || named == Integer.class) {
                return whole(value -> value.isInt() && (any || value.asInt() >= 0), any);
            }
            if (named == long.class || named == Long.class) {
                return whole(
                        value -> value.isIntegralNumber() && value.canConvertToLong() && (any || value.asLong() >= 0),
                        any);
            }
            if (named == double.class || named == Double.class) {
                return one(
                        value -> value.isNumber() && (any || Double.isFinite(value.doubleValue())),
                        "a number",
                        "numbers");
            }
            if (named == boolean.class || named == Boolean.class) {
                return one(JsonNode::isBoolean, "true or false", "truth values");
            }
            if (named.isEnum()) {
                String names = Arrays.stream(named.getEnumConstants())
                        .map(constant -> spelled((Enum<?>) constant))
                        .collect(Collectors.joining(", "));
                return one(value -> value.isString() && isNamed(named, value.asString()), "one of " + names, names);
            }
            return named.isRecord() && !isWrittenAsText(named)
                    ? new Kind(JsonNode::isObject, "an object", "objects", named, null)
                    : one(JsonNode::isString, "a string", "strings");
        }

        private static boolean isNumber(String text) {
            return text.matches("\\d{1,9}");
        }

        private static Kind one(Predicate<JsonNode> fits, String expected, String plural) {
            return new Kind(fits, expected, plural, null, null);
        }

        private static Kind whole(Predicate<JsonNode> fits, boolean any) {
            return one(fits, "a whole number" + (any ? "" : ", 0 or more"), "whole numbers");
        }

        private static boolean isNamed(Class<?> type, String text) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> (Enum<?>) constant)
                    .anyMatch(constant -> spelled(constant).equals(text)
                            || (type == SearchMethod.class && constant.name().equals(text)));
        }

        private static boolean isWrittenAsText(Class<?> type) {
            return Arrays.stream(type.getMethods()).anyMatch(method -> method.isAnnotationPresent(JsonValue.class));
        }
    }
}
