package org.espalier.code;

/**
 * What a program that reads its input and writes its output is to do.
 *
 * @param input all of standard input
 * @param output all of standard output, but for white space at the ends of lines and of the text
 */
public record Example(String input, String output) {
    boolean isGivenBy(String text) {
        return trimmed(text).equals(trimmed(output));
    }

    private static String trimmed(String text) {
        return text.lines()
                .map(String::stripTrailing)
                .reduce("", (all, line) -> all + "\n" + line)
                .strip();
    }
}
