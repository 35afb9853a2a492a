package org.espalier.grade;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers in words, and every string that is no mathematics: compared without case, spaces and formatting. */
final class TextAnswers {

    private static final Pattern CHOICE = Pattern.compile("\\(?([A-Za-z])\\)?[.:]?");
    private static final Pattern FORMATTING = Pattern.compile(
            "\\\\(?:text|textbf|textit|textrm|mbox|mathrm|mathbf|operatorname|left|right|displaystyle|quad|boxed)(?![a-z])"
                    + "|\\\\[,;:! ()\\[\\]]|[\\s$~{}*`]|\\\\(?=[{}%$])");
    private static final String PUNCTUATION = ".,;:\"'";

    private TextAnswers() {}

    /** The comparison key of arbitrary text. */
    static String key(String text) {
        String bare = FORMATTING.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
        int start = 0;
        int end = bare.length();
        while (start < end && PUNCTUATION.indexOf(bare.charAt(start)) >= 0) {
            start++;
        }
        while (end > start && PUNCTUATION.indexOf(bare.charAt(end - 1)) >= 0) {
            end--;
        }
        return bare.substring(start, end);
    }

    /** The key of an answer that is no mathematics: of a choice such as {@code A)}, or of words. */
    static String fallbackKey(String text) {
        return choice(text).orElseGet(() -> "text:" + key(text));
    }

    /** The capital letter of a multiple-choice answer such as {@code (C)}. */
    static Optional<String> choice(String text) {
        Matcher matcher = CHOICE.matcher(text.strip());
        return matcher.matches() ? Optional.of(matcher.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }
}
