package org.espalier.grade;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Pairs of answers and completions with their right verdicts, as tab-separated resources: those of public bug reports
 * (the last column names the report or the kind) and this project's own.
 */
final class GraderCases {

    /** @param about a bug report or a kind */
    record Pair(boolean equal, String first, String second, String about) {}

    /** @param answer what is to be extracted; {@code -} for none */
    record Completion(String text, String answer, String about) {}

    private GraderCases() {}

    static List<Pair> pairs() {
        return Stream.of("pairs.tsv", "own-pairs.tsv")
                .flatMap(name -> rows(name, 4).stream())
                .map(row -> new Pair(row[0].equals("EQ"), row[1], row[2], row[3]))
                .toList();
    }

    static List<Completion> completions() {
        return Stream.of("texts.tsv", "own-texts.tsv")
                .flatMap(name -> rows(name, 3).stream())
                .map(row -> new Completion(row[0].replace("⏎", "\n"), row[1], row[2]))
                .toList();
    }

    private static List<String[]> rows(String name, int columns) {
        var stream = Objects.requireNonNull(GraderCases.class.getResourceAsStream(name), name);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\t", columns))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
