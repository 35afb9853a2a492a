package org.espalier.grade;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Constant;
import org.espalier.grade.algebra.Expr.Difference;
import org.espalier.grade.algebra.Expr.SetOf;
import org.espalier.grade.algebra.Expr.Text;
import org.espalier.grade.algebra.Expr.Tuple;
import org.espalier.grade.algebra.NotExactException;
import org.espalier.grade.algebra.RealLine;
import org.espalier.grade.parse.Bases;
import org.espalier.grade.parse.Characters;
import org.espalier.grade.parse.ParseException;
import org.espalier.grade.parse.Parser;

/**
 * Reads a whole answer: words around mathematics that introduce, bound or restate it, then mathematics itself.
 */
final class Phrases {

    private static final Pattern PROSE =
            Pattern.compile("\\\\(?:text|mbox|mathrm|textbf|textit|textrm)\\s*\\{([^{}]*)\\}");
    private static final Pattern SPACES = Pattern.compile("(?:\\\\[,;: ]|~|\\s)+");
    private static final Pattern INTRODUCTION = Pattern.compile(
            "(?i)(?:(?:so|thus|hence|therefore),?\\s+)?(?:the\\s+)?(?:final\\s+|correct\\s+)?(?:answer|result|solution)\\s*(?:is|:|=)\\s*:?\\s*(?=\\S)"
                    + "|(?:about|approximately|approx\\.?|roughly|around|exactly|precisely|circa|ca\\.|a total of|equal to|equals)\\s*(?=[-+\\d\\\\$.(])"
                    + "|(?:option|choice)\\s+(?=\\(?[A-Za-z]\\)?$)"
                    + "|(?:~|\\\\sim(?![a-z])|\\\\approx(?![a-z]))\\s*");
    private static final Pattern AT_LEAST_FIRST =
            Pattern.compile("(?i)(?:at least|no (?:less|fewer) than|not less than|a minimum of)\\s+(.+)");
    private static final Pattern AT_LEAST_LAST =
            Pattern.compile("(?i)(.+?)\\s+(?:or|and) (?:more|greater|above|higher|over|larger|up)(?: .*)?");
    private static final Pattern AT_MOST_FIRST =
            Pattern.compile("(?i)(?:at most|no more than|not more than|a maximum of|up to)\\s+(.+)");
    private static final Pattern AT_MOST_LAST =
            Pattern.compile("(?i)(.+?)\\s+(?:or|and) (?:less|fewer|below|lower|under|smaller)(?: .*)?");
    private static final Pattern MORE = Pattern.compile("(?i)(?:more|greater|larger|bigger|higher) than\\s+(.+)");
    private static final Pattern LESS = Pattern.compile("(?i)(?:less|fewer|smaller|lower) than\\s+(.+)");
    private static final Pattern REALS = Pattern.compile(
            "(?i)(?:x is )?(?:the set of )?(?:all|any|every) real(?: numbers?|s| values?)?(?: (?:of )?x)?|all reals|reals|(?:all )?real numbers");
    private static final Pattern REALS_EXCEPT = Pattern.compile(
            "(?i)(?:all|any) (?:real )?(?:numbers?|reals?|values?|real x|x)(?: x)? (?:except|except for|but|other than|not equal to)(?: x ?=)? ?(.+)");
    private static final Pattern RESTATED = Pattern.compile("(?s)(.*\\S)(?:\\s|\\\\[,;: ]|~)+\\(([^()]*)\\)");
    private static final Pattern ROUNDED = Pattern.compile(
            "(?i)(?:exact(?:ly)?|approx(?:imately)?\\.?|about|rounded.*|to .*|in .*|or .*|i\\.e\\.?,?|units?|dollars|percent|since .*|because .*|as .*|by .*|from .*|where .*|which .*|correct .*|nearest .*)");
    private static final int MAX_LAYERS = 4;
    private static final int MAX_VALUE = 500;

    private Phrases() {}

    /** @throws ParseException if the answer is no mathematics and none of the phrases */
    static Expr read(String answer) {
        return read(answer, 0);
    }

    /** Whether the text is mathematics through and through, a date or a time: a value with no words left over. */
    static boolean isValue(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || stripped.length() > MAX_VALUE) {
            return false;
        }
        String plain = Markup.plain(Characters.toLatex(stripped));
        try {
            Expr expr = read(plain);
            KeyWriter.key(expr);
            return !hasWords(expr);
        } catch (ParseException | NotExactException e) {
            return false;
        }
    }

    private static boolean hasWords(Expr expr) {
        boolean words = expr instanceof Text text
                && text.words().chars().noneMatch(Character::isDigit)
                && !text.words().matches("\\(?[A-Za-z]\\)?");
        return words || expr.children().stream().anyMatch(Phrases::hasWords);
    }

    private static Expr read(String answer, int layer) {
        String prose = SPACES.matcher(PROSE.matcher(answer).replaceAll(" $1 "))
                .replaceAll(" ")
                .strip();
        Optional<Expr> known = Bases.read(answer)
                .or(() -> Dates.read(prose))
                .or(() -> Measures.read(prose))
                .or(() -> set(prose));
        if (known.isPresent()) {
            return known.get();
        }
        if (layer < MAX_LAYERS) {
            Matcher introduction = INTRODUCTION.matcher(prose);
            if (introduction.lookingAt()) {
                return read(prose.substring(introduction.end()), layer + 1);
            }
            Optional<Expr> bound = bound(prose, layer);
            if (bound.isPresent()) {
                return bound.get();
            }
            Optional<Expr> restated = restated(answer, layer);
            if (restated.isPresent()) {
                return restated.get();
            }
        }
        return Parser.parse(answer);
    }

    private static Optional<Expr> set(String prose) {
        if (REALS.matcher(prose).matches()) {
            return Optional.of(RealLine.WHOLE);
        }
        Matcher except = REALS_EXCEPT.matcher(prose);
        if (!except.matches()) {
            return Optional.empty();
        }
        Expr points = Parser.parse(except.group(1));
        return Optional.of(
                new Difference(RealLine.WHOLE, points instanceof Expr.Listing ? new SetOf(points.children()) : points));
    }

    private static Optional<Expr> bound(String prose, int layer) {
        return ray(AT_LEAST_FIRST, prose, layer, true, ']')
                .or(() -> ray(AT_LEAST_LAST, prose, layer, true, ']'))
                .or(() -> ray(AT_MOST_FIRST, prose, layer, false, ']'))
                .or(() -> ray(AT_MOST_LAST, prose, layer, false, ']'))
                .or(() -> ray(MORE, prose, layer, true, ')'))
                .or(() -> ray(LESS, prose, layer, false, ')'));
    }

    private static Optional<Expr> ray(Pattern pattern, String prose, int layer, boolean above, char closed) {
        Matcher matcher = pattern.matcher(prose);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Expr bound = read(matcher.group(1), layer + 1);
        if (!bound.isScalar() || !bound.isConstant()) {
            return Optional.empty();
        }
        return Optional.of(
                above
                        ? new Tuple(closed == ']' ? '[' : '(', List.of(bound, Constant.INFINITY), ')')
                        : new Tuple('(', List.of(RealLine.MINUS_INFINITY, bound), closed));
    }

    /** An answer that says the same again in brackets, or says there what it is: {@code \frac34\ (0.75)}. */
    private static Optional<Expr> restated(String answer, int layer) {
        Matcher matcher = RESTATED.matcher(answer);
        if (!matcher.matches() || matcher.group(1).equals(matcher.group(2))) {
            return Optional.empty();
        }
        String inner = matcher.group(2).strip();
        try {
            Expr first = read(matcher.group(1), layer + 1);
            if (ROUNDED.matcher(inner).matches()) {
                return Optional.of(first);
            }
            boolean same = KeyWriter.key(first).equals(KeyWriter.key(read(Markup.unwrapped(inner), layer + 1)));
            return same && first.isConstant() ? Optional.of(first) : Optional.empty();
        } catch (ParseException e) {
            return Optional.empty();
        }
    }
}
