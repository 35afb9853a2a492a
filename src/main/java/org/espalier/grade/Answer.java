package org.espalier.grade;

import org.espalier.grade.algebra.NotExactException;
import org.espalier.grade.parse.Characters;
import org.espalier.grade.parse.ParseException;

/**
 * A final answer, parsed once and comparable with others. Immutable.
 *
 * <p>Reads LaTeX, Unicode's mathematics and plain text: numbers as several countries write them and in English words,
 * percent, money, degrees and units (dropped where they are known to be units, as the reference graders drop them all),
 * fractions, mixed numbers, radicals, complex numbers, polynomials and rational functions, functions, numerals in a
 * base, lists and sets (in any order), points, intervals and sets made of them, {@code ±}, matrices, equations (up to a
 * constant factor), inequalities, dates and words. What it cannot read is compared as text without case, spaces and
 * formatting. {@code docs/grading.md} says what is equal, what is not, and what is given up.
 *
 * <p>Equality is exact where there is a normal form over the rationals, roots, pi, e and i; decimals are exact too, so
 * 0.33 is not 1/3. Elsewhere values at fixed sample points decide, to nine digits.
 */
public final class Answer {

    private static final int MAX_LENGTH = 1000;

    private final String text;
    private final String key;

    private Answer(String text, String key) {
        this.text = text;
        this.key = key;
    }

    /**
     * Parses an answer, such as the content of {@code \boxed}. Never fails: what is not mathematics is text. Takes
     * well under a millisecond for usual answers and some tens of milliseconds for the worst.
     */
    public static Answer parse(String text) {
        String stripped = text.strip();
        if (stripped.length() > MAX_LENGTH) {
            return new Answer(text, TextAnswers.fallbackKey(stripped));
        }
        String plain = Markup.plain(Characters.toLatex(stripped));
        try {
            return new Answer(text, KeyWriter.key(Phrases.read(plain)));
        } catch (ParseException | NotExactException e) {
            return new Answer(text, TextAnswers.fallbackKey(plain));
        }
    }

    /** The answer as it was written. */
    public String text() {
        return text;
    }

    /** A key for grouping votes: two answers are equal exactly if their keys are. */
    public String canonicalKey() {
        return key;
    }

    /** Whether both answers mean the same; an equivalence relation, for it compares the keys. */
    public boolean equivalentTo(Answer other) {
        return key.equals(other.key);
    }

    @Override
    public String toString() {
        return text;
    }
}
