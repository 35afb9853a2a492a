package org.espalier.picture;

import java.util.regex.Pattern;

/** A step in a few words. */
final class StepLabel {
    private static final Pattern BLANKS = Pattern.compile("[\\p{IsWhite_Space}\\p{Cc}]+");
    private static final Pattern HEADING =
            Pattern.compile("^#+\\s*(step\\s*\\d+\\s*[:.]\\s*)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern BOXED = Pattern.compile("\\\\boxed\\{([^{}]*)}");
    private static final Pattern FRACTION = Pattern.compile("\\\\[dt]?frac\\{([^{}]*)}\\{([^{}]*)}");
    private static final Pattern MARKUP = Pattern.compile("\\$|\\*\\*|\\\\[()\\[\\]]");
    private static final Pattern TIMES = Pattern.compile("\\\\times|(?<=[\\d)] ?)\\*(?= ?[\\d(])");

    private StepLabel() {}

    /** The equation at the end of the step if one follows its last colon, else the step without its heading. */
    static String of(String step) {
        String text = oneLine(step);
        String tail = text.substring(text.lastIndexOf(": ") + 1).strip();
        return plain(tail.contains("=") ? tail : HEADING.matcher(text).replaceFirst(""));
    }

    /** The text in one line, without the signs that markup and LaTeX put around it. */
    static String plain(String text) {
        String fractions = FRACTION.matcher(oneLine(text)).replaceAll("$1/$2");
        String boxed = BOXED.matcher(fractions).replaceAll("$1");
        return TIMES.matcher(MARKUP.matcher(boxed).replaceAll(""))
                .replaceAll("×")
                .strip();
    }

    /** The text with single blanks in it, and without control characters. */
    static String oneLine(String text) {
        return BLANKS.matcher(text).replaceAll(" ").strip();
    }
}
