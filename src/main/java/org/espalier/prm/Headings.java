package org.espalier.prm;

import java.util.regex.Pattern;

/** The headings that policies write over their steps. */
final class Headings {
    /** As search-and-learn's instruction asks for them. */
    private static final Pattern HEADING = Pattern.compile("\\A\\s*(?:#+\\s*)?Step \\d+:");

    private Headings() {}

    /** The step without a heading such as {@code ## Step 2:}. */
    static String drop(String step) {
        return HEADING.matcher(step).replaceFirst("");
    }
}
