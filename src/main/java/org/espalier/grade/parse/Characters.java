package org.espalier.grade.parse;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;

/**
 * Unicode's mathematical characters as LaTeX: superscripts, vulgar fractions, roots, relations, full-width forms.
 * Characters that only steer the display disappear.
 */
public final class Characters {

    private static final Map<Integer, String> LATEX = new HashMap<>();
    private static final String RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵃᵇᶜᵈᵏᵐᵗ";
    private static final String RAISED_AS = "0123456789+-=()nixyabcdkmt";
    private static final String LOWERED = "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢₓₐₖₘ";
    private static final String LOWERED_AS = "0123456789+-=()nixakm";

    static {
        for (String line : WordLists.lines("characters.tsv")) {
            int tab = line.indexOf('\t');
            String latex = line.substring(tab + 2, line.length() - 1);
            for (String code : line.substring(0, tab).split(" ", -1)) {
                LATEX.put(Integer.parseInt(code, 16), latex);
            }
        }
    }

    private Characters() {}

    /** Replaces the characters of mathematics, and those that look like ASCII, by their LaTeX or ASCII spelling. */
    public static String toLatex(String text) {
        if (text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        StringBuilder latex = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (c < 0x80) {
                latex.append((char) c);
            } else if (isUnitPower(text, i)) {
                latex.insert(unitStart(latex), "\\text{").append("}^").append(RAISED_AS.charAt(RAISED.indexOf(c)));
            } else if (RAISED.indexOf(c) >= 0) {
                next = run(text, i, RAISED, RAISED_AS, latex.append("^{"));
                latex.append('}');
            } else if (LOWERED.indexOf(c) >= 0) {
                next = run(text, i, LOWERED, LOWERED_AS, latex.append("_{"));
                latex.append('}');
            } else if (c == '√') {
                next = root(text, next, latex);
            } else {
                latex.append(one(c));
            }
            i = next;
        }
        return latex.toString();
    }

    /** A raised 2 or 3 right behind a letter that is a metre's: nobody sets an algebraic square so. */
    private static boolean isUnitPower(String text, int at) {
        if (text.charAt(at) != '²' && text.charAt(at) != '³') {
            return false;
        }
        int start = at;
        while (start > 0 && Character.isLetter(text.charAt(start - 1))) {
            start--;
        }
        int number = start;
        while (number > 0 && text.charAt(number - 1) == ' ') {
            number--;
        }
        return at - start <= 2
                && at > start
                && number > 0
                && Character.isDigit(text.charAt(number - 1))
                && text.substring(start, at).matches("[cdkm]?m|in|ft|yd|mi");
    }

    private static int unitStart(StringBuilder latex) {
        int start = latex.length();
        while (start > 0 && Character.isLetter(latex.charAt(start - 1))) {
            start--;
        }
        return start;
    }

    private static int run(String text, int from, String characters, String plain, StringBuilder latex) {
        int i = from;
        while (i < text.length() && characters.indexOf(text.charAt(i)) >= 0) {
            latex.append(plain.charAt(characters.indexOf(text.charAt(i))));
            i++;
        }
        return i;
    }

    /** The sign of a root reaches over the whole number that follows it, unlike TeX's command. */
    private static int root(String text, int from, StringBuilder latex) {
        int end = from;
        while (end < text.length() && (Character.isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        latex.append("\\sqrt ");
        if (end > from) {
            latex.append('{').append(text, from, end).append('}');
        }
        return end;
    }

    private static String one(int codePoint) {
        String known = LATEX.get(codePoint);
        if (known != null) {
            return known;
        }
        String plain = Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKC);
        int slash = plain.indexOf('⁄');
        if (slash > 0) {
            return "\\frac{" + plain.substring(0, slash) + "}{" + plain.substring(slash + 1) + "}";
        }
        return plain.equals(Character.toString(codePoint)) || plain.chars().allMatch(c -> c < 0x80)
                ? plain
                : plain.codePoints()
                        .collect(
                                StringBuilder::new,
                                (b, c) -> b.append(LATEX.getOrDefault(c, Character.toString(c))),
                                StringBuilder::append)
                        .toString();
    }
}
