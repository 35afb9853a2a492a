package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.parse.LatexToken.Kind;

/** The tokens written so far, and what the last of them says about what may follow. */
final class TokenWriter {

    private static final LatexToken NOTHING = new LatexToken(Kind.OPERATOR, "", false);
    private static final Set<String> VALUE_ENDS = Set.of(")", "}", "]", "|", "!", "deg");

    private final List<LatexToken> tokens = new ArrayList<>();
    private boolean spaced;
    private int brackets;
    private int braces;

    List<LatexToken> tokens() {
        return tokens;
    }

    int size() {
        return tokens.size();
    }

    /** Notes white space before the next token. */
    void space() {
        spaced = true;
    }

    boolean isSpaced() {
        return spaced;
    }

    void add(Kind kind, String text) {
        tokens.add(new LatexToken(kind, text, spaced));
        spaced = false;
        switch (kind) {
            case BEGIN -> brackets++;
            case END -> brackets--;
            case OPERATOR -> {
                brackets += text.equals("(") || text.equals("[") ? 1 : text.equals(")") || text.equals("]") ? -1 : 0;
                braces += text.equals("\\{") ? 1 : text.equals("\\}") ? -1 : 0;
            }
            default -> {}
        }
    }

    /** Where the next token stands. */
    Numerals.Place place() {
        return new Numerals.Place(brackets > 0, braces > 0, endsWith(","));
    }

    void addAll(Collection<LatexToken> others) {
        tokens.addAll(others);
    }

    void operators(String... spellings) {
        for (String spelling : spellings) {
            add(Kind.OPERATOR, spelling);
        }
    }

    void fraction(BigInteger numerator, BigInteger denominator) {
        operators("(");
        add(Kind.NUMBER, numerator.toString());
        operators("/");
        add(Kind.NUMBER, denominator.toString());
        operators(")");
    }

    void value(BigFraction value) {
        if (Fractions.isInteger(value)) {
            add(Kind.NUMBER, Fractions.numerator(value).toString());
        } else {
            fraction(Fractions.numerator(value), Fractions.denominator(value));
        }
    }

    /** The last token; an empty operator if there is none. */
    LatexToken last() {
        return tokens.isEmpty() ? NOTHING : tokens.get(tokens.size() - 1);
    }

    void removeLast() {
        tokens.remove(tokens.size() - 1);
    }

    boolean endsWith(String operator) {
        return last().isOperator(operator);
    }

    boolean endsNumber() {
        return last().kind() == Kind.NUMBER;
    }

    /** Whether the last token ends something that has a value. */
    boolean endsValue() {
        LatexToken last = last();
        return switch (last.kind()) {
            case NUMBER, LETTER, UNIT -> true;
            case COMMAND -> last.text().equals("pi") || last.text().equals("infinity");
            case OPERATOR -> VALUE_ENDS.contains(last.text());
            default -> false;
        };
    }
}
