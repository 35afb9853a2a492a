package org.espalier.grade.parse;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.algebra.Expr;
import org.espalier.grade.algebra.Expr.Based;

/** Numerals in another base than ten: {@code 2F_{16}}, {@code (1010)_2}, {@code 0x2F}, {@code 1010 (base 2)}. */
public final class Bases {

    private static final String DIGITS = "([0-9][0-9A-Za-z,]*|[A-Za-z][0-9A-Za-z]*)";
    private static final String BASE = "(?:\\\\(?:text|mathrm)\\s*\\{\\s*)?([a-z]+|\\d{1,2})(?:\\s*\\})?";
    private static final Pattern SUBSCRIPT = Pattern.compile("(-?)\\(?\\s*(?:\\\\(?:text|mathrm|texttt)\\s*\\{)?"
            + DIGITS + "\\}?\\s*\\)?\\s*_\\s*\\{?\\s*" + BASE + "\\s*\\}?");
    private static final Pattern WORDS = Pattern.compile(
            "(-?)" + DIGITS + "\\s*(?:\\\\text\\s*\\{)?\\s*\\(?(?:in |to )?base[ -]([a-z]+|\\d{1,2})\\)?\\s*\\}?");
    private static final Pattern LITERAL = Pattern.compile("0(?:x[0-9a-fA-F]+|b[01]+|o[0-7]+)(?![0-9a-zA-Z])");
    private static final int MAX_LENGTH = 200;

    private Bases() {}

    /** The literal of a programming language that starts at {@code from}. */
    static Optional<String> literal(String input, int from) {
        Matcher literal = LITERAL.matcher(input).region(from, input.length());
        return literal.lookingAt() ? Optional.of(literal.group()) : Optional.empty();
    }

    /** The numeral a literal such as {@code 0x2F} stands for. */
    static Optional<Based> ofLiteral(String word) {
        if (!LITERAL.matcher(word).matches()) {
            return Optional.empty();
        }
        int base = word.charAt(1) == 'x' ? 16 : word.charAt(1) == 'o' ? 8 : 2;
        return Optional.of(new Based(word.substring(2), base));
    }

    /** A whole answer that is one numeral with its base. */
    public static Optional<Expr> read(String answer) {
        if (answer.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        for (Pattern pattern : new Pattern[] {SUBSCRIPT, WORDS}) {
            Matcher matcher = pattern.matcher(answer);
            if (matcher.matches()) {
                String digits = matcher.group(2).replace(",", "");
                return base(matcher.group(3))
                        .filter(base -> digits.chars().allMatch(c -> Character.digit(c, base) >= 0))
                        .filter(base -> Character.isDigit(digits.charAt(0)) || (base > 10 && digits.length() > 1))
                        .map(base -> new Based(matcher.group(1) + digits, base));
            }
        }
        return Optional.empty();
    }

    /** A base from two to thirty-six, in digits or as a word. */
    static Optional<Integer> base(String name) {
        Optional<Integer> word = NumberWords.small(name);
        int base = word.isPresent() ? word.get() : name.matches("\\d{1,2}") ? Integer.parseInt(name) : 0;
        return base >= 2 && base <= 36 ? Optional.of(base) : Optional.empty();
    }
}
