package org.espalier.grade.parse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The package's word lists: text resources with comments after {@code #} and headings in square brackets. */
final class WordLists {

    private WordLists() {}

    /** The lines of a resource beside this class, without comments and blank lines. */
    static List<String> lines(String name) {
        var stream = Objects.requireNonNull(WordLists.class.getResourceAsStream(name), name);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words under each heading of a resource. */
    static Map<String, Set<String>> sections(String name) {
        Map<String, Set<String>> sections = new HashMap<>();
        Set<String> current = new HashSet<>();
        for (String line : lines(name)) {
            if (line.startsWith("[")) {
                current = sections.computeIfAbsent(line.substring(1, line.length() - 1), heading -> new HashSet<>());
            } else {
                current.addAll(List.of(line.split(" ")));
            }
        }
        return sections;
    }
}
