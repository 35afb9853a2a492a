package org.espalier.search;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.espalier.model.Internal;

/** Divides a solution that is there already as a search would have: a step holds text and ends with the delimiter. */
@Internal
public final class SolutionSteps {
    private static final Pattern LINE_END = Pattern.compile("\r\n|[\r\u0085\u2028\u2029]");
    private static final Pattern BLANK_LINE = Pattern.compile("(?dm)^[\\h\\f\u000B]+$");
    private static final Pattern LINE_ENDS_ONLY = Pattern.compile("\n+");

    private SolutionSteps() {}

    /**
     * The steps, without the delimiters between them. However the text's lines end, their end is {@code \n} here, as it is
     * in what a policy writes; where the delimiter is a blank line, white space in one does not count.
     *
     * @param solution white space at its end is not part of it
     * @param delimiter not empty
     * @return empty if there is no text
     */
    public static List<String> of(String solution, String delimiter) {
        String end = LINE_END.matcher(delimiter).replaceAll("\n");
        String lines = LINE_END.matcher(solution).replaceAll("\n");
        String text = (LINE_ENDS_ONLY.matcher(end).matches()
                        ? BLANK_LINE.matcher(lines).replaceAll("")
                        : lines)
                .stripTrailing();
        List<String> steps = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int at = text.indexOf(end, firstInk(text, from));
            at = at < 0 ? text.length() : at;
            steps.add(text.substring(from, at));
            from = at + end.length();
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
