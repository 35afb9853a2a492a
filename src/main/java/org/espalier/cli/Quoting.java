package org.espalier.cli;

import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Makes text that a file, a server or a model wrote harmless to a terminal. What would steer it is spelt as in JSON, such as
 * {@code \u005cu001b} for the escape character: control characters, and what turns the direction of writing. Line feeds and
 * tabs stay.
 */
final class Quoting {
    private Quoting() {}

    /** Whether a terminal would do something at this character, other than show it, go to the next line or indent. */
    static boolean steers(int codePoint) {
        boolean control = codePoint < ' ' ? codePoint != '\n' && codePoint != '\t' : isDeleteOrC1(codePoint);
        return control || turnsDirection(codePoint);
    }

    private static boolean isDeleteOrC1(int codePoint) {
        return codePoint >= 0x7f && codePoint <= 0x9f;
    }

    /** Embeddings, overrides and isolates: with them a text is read in another order than it is written. */
    private static boolean turnsDirection(int codePoint) {
        return (codePoint >= 0x202a && codePoint <= 0x202e) || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }

    /** A text of any number of lines. */
    static String text(String text) {
        return quote(text, Quoting::steers);
    }

    /** A text that is to stay on one line: line feeds and tabs are spelt as well. */
    static String line(String text) {
        return quote(text, character -> character < ' ' || steers(character));
    }

    private static String quote(String text, IntPredicate isSpelt) {
        // All such characters are of the basic plane.
        if (text.chars().noneMatch(isSpelt)) {
            return text;
        }
        StringBuilder quoted = new StringBuilder();
        text.chars().forEach(character -> {
            if (isSpelt.test(character)) {
                quoted.append(spelt(character));
            } else {
                quoted.append((char) character);
            }
        });
        return quoted.toString();
    }

    /** How a character is spelt. */
    static String spelt(int character) {
        return switch (character) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> String.format(Locale.ROOT, "\\u%04x", character);
        };
    }
}
