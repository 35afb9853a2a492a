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
    private static final Pattern PUNCTUATION = Pattern.compile("^[.,;:\"']+|[.,;:\"']+$");

    private TextAnswers() {}

    /** The comparison key of arbitrary text. */
    static String key(String text) {
        String bare = FORMATTING.matcher(text).replaceAll("").toLowerCase(Locale.ROOT);
        return PUNCTUATION.matcher(bare).replaceAll("");
    }

    /** The capital letter of a multiple-choice answer such as {@code (C)}. */
    static Optional<String> choice(String text) {
        Matcher matcher = CHOICE.matcher(text.strip());
        return matcher.matches() ? Optional.of(matcher.group(1).toUpperCase(Locale.ROOT)) : Optional.empty();
    }
}
