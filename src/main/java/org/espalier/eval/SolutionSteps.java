package org.espalier.eval;

import java.util.ArrayList;
import java.util.List;

/** Divides a solution that is there already as a search would have: a step holds text and ends with the delimiter. */
public final class SolutionSteps {
    private SolutionSteps() {}

    /**
     * The steps, without the delimiters between them.
     *
     * @param solution white space at its end is not part of it
     * @param delimiter not empty
     * @return empty if there is no text
     */
    public static List<String> of(String solution, String delimiter) {
        String text = solution.stripTrailing();
        List<String> steps = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf(delimiter, firstInk(text, from));
            end = end < 0 ? text.length() : end;
            steps.add(text.substring(from, end));
            from = end + delimiter.length();
        }
        return List.copyOf(steps);
    }

    /** A delimiter before any text does not end a step. */
    private static int firstInk(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }
}
