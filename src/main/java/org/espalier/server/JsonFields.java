package org.espalier.server;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a JSON object by name and type; a field that is null counts as absent. What is wrong with one is said
 * with its whole name, such as {@code espalier.n}.
 */
final class JsonFields {
    private static final int MOST_SHOWN = 40;

    private final String path;
    private final ObjectNode node;
    private final Set<String> read = new HashSet<>();

    /** @param path put before each name; empty or with a dot at its end */
    JsonFields(String path, ObjectNode node) {
        this.path = path;
        this.node = node;
    }

    /** Null if absent. */
    @Nullable
    JsonNode get(String name) {
        read.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** A field's whole name. */
    String path(String name) {
        return path + name;
    }

    /** Whether nobody has asked for it. */
    boolean isUnread(String name) {
        return !read.contains(name);
    }

    /** Null if absent. */
    @Nullable
    String text(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw wrong(name, "a string");
        }
        return value.asString();
    }

    /** Null if absent. */
    @Nullable
    Boolean flag(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.asBoolean();
    }

    /** Whether it is there and true. */
    boolean isSet(String name) {
        return Boolean.TRUE.equals(flag(name));
    }

    /** Null if absent. */
    @Nullable
    Long integer(String name, long least, long most) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < least || value.asLong() > most) {
            throw wrong(name, "an integer" + range(least, most));
        }
        return value.asLong();
    }

    private static String range(long least, long most) {
        if (most == Long.MAX_VALUE) {
            return least == Long.MIN_VALUE ? " of 64 bits" : " of " + least + " or more";
        }
        return " from " + least + " to " + most;
    }

    /** Null if absent; a whole number that fits into 32 bits. */
    @Nullable
    Integer integer(String name, int least, int most) {
        Long value = integer(name, (long) least, (long) most);
        return value == null ? null : Math.toIntExact(value);
    }

    /** Null if absent. */
    @Nullable
    Double number(String name, double least, double most) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        double number = value.isNumber() ? value.asDouble() : Double.NaN;
        if (!(number >= least && number <= most)) {
            throw wrong(name, String.format(Locale.ROOT, "a number from %s to %s", plain(least), plain(most)));
        }
        return number;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** One of an enum's constants, in lower case with dashes; null if absent. */
    <E extends Enum<E>> @Nullable E choice(String name, Class<E> type) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        List<E> all = Arrays.asList(type.getEnumConstants());
        return all.stream()
                .filter(one -> value.isString() && value.asString().equals(spelled(one)))
                .findFirst()
                .orElseThrow(() -> wrong(
                        name, "one of " + all.stream().map(JsonFields::spelled).collect(Collectors.joining(", "))));
    }

    private static String spelled(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Null if absent. */
    @Nullable
    JsonFields object(String name) {
        JsonNode value = get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return new JsonFields(path + name + ".", object);
        }
        throw wrong(name, "an object");
    }

    /** @throws ApiException if there is a field that nobody has read */
    void refuseOthers() {
        others().stream().findFirst().ifPresent(name -> {
            throw ApiException.unsupported(name, "'" + name + "' is not a field that this server knows");
        });
    }

    /** The whole names of fields that nobody has read, but for those that are null. */
    List<String> others() {
        return node.properties().stream()
                .filter(field -> !read.contains(field.getKey()))
                .filter(field -> !field.getValue().isNull())
                .map(field -> path + shortened(field.getKey()))
                .toList();
    }

    /** @param expected what it should be, such as "a string" */
    ApiException wrong(String name, String expected) {
        JsonNode value = node.get(name);
        String found = value == null ? "" : ", not " + shortened(value.toString());
        return ApiException.invalid(path + name, "'" + path + name + "' must be " + expected + found);
    }

    private static String shortened(String text) {
        return Excerpt.of(text, MOST_SHOWN);
    }
}
