package org.espalier.server;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields behind the question mark of an address. A name may end with {@code []}, as those of lists do. */
final class Query {
    private final Map<String, List<String>> fields = new TreeMap<>();

    private Query() {}

    /**
     * Reads the fields of an address.
     *
     * @param single that may be there once
     * @param lists that may be there more often
     * @throws ApiException if there are others, or it is not encoded as it should be
     */
    static Query of(URI address, Set<String> single, Set<String> lists) {
        Query query = new Query();
        String text = address.getRawQuery();
        for (String field : (text == null ? "" : text).split("&+", -1)) {
            if (!field.isEmpty()) {
                query.add(field.split("=", 2), lists);
            }
        }
        Set<String> known = new TreeSet<>(single);
        known.addAll(lists);
        if (!known.containsAll(query.fields.keySet())) {
            throw ApiException.invalid(null, "the query may have " + String.join(", ", known) + " only");
        }
        return query;
    }

    private void add(String[] parts, Set<String> lists) {
        String name = decoded(parts[0]).replaceFirst("\\[\\d*]$", "");
        List<String> values = fields.computeIfAbsent(name, key -> new ArrayList<>());
        values.add(parts.length < 2 ? "" : decoded(parts[1]));
        if (values.size() > 1 && !lists.contains(name)) {
            throw ApiException.invalid(null, "the query has a field twice");
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.invalid(null, "the query is not percent-encoded as it should be");
        }
    }

    /** A field's value; null if it is not there. */
    @Nullable
    String get(String name) {
        List<String> values = fields.get(name);
        return values == null ? null : values.get(0);
    }

    /**
     * How many are asked for.
     *
     * @throws ApiException if it is no number from 1 to the most
     */
    int limit(int usual, int most) {
        String given = get("limit");
        if (given == null) {
            return usual;
        }
        if (!given.matches("[1-9]\\d{0,2}") || Integer.parseInt(given) > most) {
            throw ApiException.invalid("limit", "'limit' must be 1 to " + most);
        }
        return Integer.parseInt(given);
    }
}
