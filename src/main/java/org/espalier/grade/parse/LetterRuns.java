package org.espalier.grade.parse;

import java.util.Optional;
import org.espalier.grade.algebra.NamedFunction;

/** What a run of bare letters may be besides a product of variables. */
final class LetterRuns {

    private LetterRuns() {}

    /** {@code sin} in {@code sinx}: a function name, alone or followed by one letter. */
    static Optional<String> leadingFunction(String run) {
        for (int length = run.length(); length >= Math.max(2, run.length() - 1); length--) {
            String name = run.substring(0, length);
            boolean known = NamedFunction.named(name).isPresent()
                    || name.equals("sqrt")
                    || name.equals("pi")
                    || name.equals("infinity")
                    || (name.equals("cbrt") && length == run.length())
                    || (name.equals("inf") && length == run.length());
            if (known && !Units.isUnmistakable(run)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether three letters or more stand alone and out of order: {@code BAC} is the name of an angle or a word rather
     * than a product, which would be written {@code ABC}.
     */
    static boolean isSpelledOut(String input, int start, int end) {
        if (end - start < 3 || isAscending(input, start, end)) {
            return false;
        }
        String before = input.substring(0, start).strip();
        String after = input.substring(end).strip();
        boolean first = before.isEmpty() || before.endsWith(",") || before.endsWith("and") || before.endsWith("or");
        boolean last = after.isEmpty() || after.startsWith(",") || after.startsWith("and") || after.startsWith("or");
        return (first || before.endsWith("(") || before.endsWith("{"))
                && (last || after.startsWith(")") || after.startsWith("\\}"))
                && (first || last);
    }

    private static boolean isAscending(String input, int start, int end) {
        for (int i = start + 1; i < end; i++) {
            if (input.charAt(i - 1) > input.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
