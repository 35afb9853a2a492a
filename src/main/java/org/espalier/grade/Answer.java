package org.espalier.grade;

import java.util.Optional;

/**
 * A final answer, parsed once and comparable with others. Immutable.
 *
 * <p>Reads LaTeX and plain text: numbers with separators of thousands, decimals, percent, money, degrees and units
 * (dropped, as the reference graders drop them), fractions, mixed numbers, radicals, complex numbers, polynomials and
 * rational functions, functions, numerals in a base, lists and sets (in any order), points, intervals and their unions,
 * {@code ±}, matrices, equations (up to a constant factor), inequalities and words. What it cannot read is compared as
 * text without case, spaces and formatting, as the last resort of search-and-learn's {@code qwen_math_parser} is.
 *
 * <p>Equality is exact where both sides have a normal form over the rationals, roots, pi, e and i; decimals are exact
 * too, so 0.33 is not 1/3. Elsewhere values at fixed sample points decide, to nine digits.
 */
public final class Answer {

    private static final int MAX_LENGTH = 1000;

    private final String text;
    private final String key;
    private final boolean exact;
    private final Optional<Expr> expr;

    private Answer(String text, String key, boolean exact, Optional<Expr> expr) {
        this.text = text;
        this.key = key;
        this.exact = exact;
        this.expr = expr;
    }

    /**
     * Parses an answer, such as the content of {@code \boxed}. Never fails: what is not mathematics is text. Takes
     * well under a millisecond for usual answers and some tens of milliseconds for the worst.
     */
    public static Answer parse(String text) {
        String trimmed = trim(text);
        if (trimmed.length() <= MAX_LENGTH) {
            try {
                Expr expr = Parser.parse(trimmed);
                KeyWriter.Key key = KeyWriter.exactKey(expr);
                return new Answer(text, key.text(), key.exact(), Optional.of(expr));
            } catch (ParseException e) {
                return asText(text, trimmed);
            }
        }
        return asText(text, trimmed);
    }

    private static Answer asText(String text, String trimmed) {
        return new Answer(text, "text:" + TextAnswers.key(trimmed), true, Optional.empty());
    }

    /** Without surrounding space and bold marks, and without the full stop of a sentence. */
    private static String trim(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && (Character.isWhitespace(text.charAt(start)) || text.charAt(start) == '*')) {
            start++;
        }
        while (end > start && isTrailing(text.charAt(end - 1)) && !(end - 2 >= start && text.charAt(end - 2) == '\\')) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isTrailing(char c) {
        return Character.isWhitespace(c) || "*.,;:$".indexOf(c) >= 0;
    }

    /** The answer as it was written. */
    public String text() {
        return text;
    }

    /**
     * A key for grouping votes: answers with equal keys are equal. The converse holds where an exact normal form
     * exists; two spellings of which only one has a normal form may keep two keys and still be
     * {@linkplain #equivalentTo equivalent}.
     */
    public String canonicalKey() {
        return key;
    }

    /** Whether both answers mean the same. Symmetric; equal keys imply it. */
    public boolean equivalentTo(Answer other) {
        if (key.equals(other.key)) {
            return true;
        }
        if ((exact && other.exact) || expr.isEmpty() || other.expr.isEmpty()) {
            return false;
        }
        try {
            return KeyWriter.numericKey(expr.get()).equals(KeyWriter.numericKey(other.expr.get()));
        } catch (ParseException | NotExactException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
