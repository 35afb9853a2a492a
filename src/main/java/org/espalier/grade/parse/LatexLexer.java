package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.parse.LatexToken.Kind;

/**
 * Splits an answer, LaTeX or plain, into tokens. Formatting disappears here: spacing and sizing commands, dollar and
 * percent signs, ordinal suffixes, separators of thousands.
 */
final class LatexLexer {

    private static final int MAX_TOKENS = 600;

    private static final Pattern DEGREE_EXPONENT = Pattern.compile(
            "\\^\\s*(?:\\{\\s*\\\\(?:circ|degree)\\s*\\}|\\\\(?:circ|degree)(?![a-zA-Z])|\\{?\\s*o\\s*\\}?(?![a-zA-Z]))");
    private static final Pattern TEMPERATURE = Pattern.compile(
            "\\s*(?:\\\\[,; ])?\\s*(?:\\\\(?:text|mathrm|rm)\\s*\\{?\\s*)?[CFK](?:elsius|ahrenheit)?\\b\\s*\\}?");
    private static final Pattern RAISED_ORDINAL =
            Pattern.compile("\\^\\s*\\{?\\s*(?:\\\\(?:text|mathrm|mbox)\\s*\\{\\s*)?(?:st|nd|rd|th)\\b[\\s}]*");
    private static final Pattern ORDINAL = Pattern.compile("(?:st|nd|rd|th)(?![a-zA-Z])");
    private static final Pattern PRIME =
            Pattern.compile("\\^\\s*(?:\\{\\s*((?:\\\\prime\\s*)+)\\}|(\\\\prime(?![a-zA-Z])))");
    private static final Pattern TIMES_X = Pattern.compile("\\s*[xX]\\s*(?=\\d)");
    private static final Pattern EXPONENT = Pattern.compile("[eE]([+-]?\\d{1,3})(?![\\da-zA-Z])");
    private static final Pattern PLUS_MINUS = Pattern.compile("\\+\\s*/\\s*-");
    private static final Pattern ELLIPSIS = Pattern.compile("\\.\\.\\.+");

    private final CharCursor input;
    private final TokenWriter tokens = new TokenWriter();
    private final WordLexer words;
    private final CommandLexer commands;

    private LatexLexer(String text, int nesting) {
        input = new CharCursor(text);
        words = new WordLexer(input, tokens);
        commands = new CommandLexer(input, tokens, nesting);
    }

    /** @throws ParseException if the input has a character or command that no answer contains, or is too long */
    static List<LatexToken> tokenize(String input) {
        return tokenize(Characters.toLatex(input), 0);
    }

    /**
     * The tokens of a text within a text.
     *
     * @param nesting how deep it is, from 0
     */
    static List<LatexToken> tokenize(String latex, int nesting) {
        return new LatexLexer(latex, nesting).run();
    }

    private List<LatexToken> run() {
        while (!input.isAtEnd()) {
            char c = input.peek();
            int position = input.position();
            if (Character.isWhitespace(c) || c == '~') {
                input.next();
                tokens.space();
            } else if (input.isDigit(position) || (c == '.' && input.isDigit(position + 1))) {
                number();
            } else if (CharCursor.isLetter(c)) {
                words.read();
            } else if (c == '\\') {
                commands.read();
            } else {
                punctuation(c);
            }
            if (tokens.size() > MAX_TOKENS) {
                throw new ParseException("too many tokens");
            }
        }
        return tokens.tokens();
    }

    private void number() {
        Optional<String> literal = Bases.literal(input.text(), input.position());
        if (literal.isPresent()) {
            input.moveTo(input.position() + literal.get().length());
            tokens.add(Kind.WORD, literal.get());
            return;
        }
        Numerals.Numeral numeral = Numerals.read(input.text(), input.position(), tokens.place());
        input.moveTo(numeral.end());
        if (!numeral.denominator().equals(BigInteger.ONE)) {
            tokens.fraction(new BigInteger(numeral.digits()), numeral.denominator());
        } else if (!scaled(numeral.digits())) {
            tokens.add(Kind.NUMBER, numeral.digits());
        }
        exponent();
        if (input.skip(ORDINAL)) {
            tokens.space();
        } else if (input.skip(TIMES_X)) {
            tokens.add(Kind.OPERATOR, "*");
        }
        words.unit();
    }

    private void exponent() {
        Matcher exponent = input.matcher(EXPONENT);
        if (!exponent.lookingAt()) {
            return;
        }
        input.moveTo(exponent.end());
        tokens.operators("*");
        tokens.add(Kind.NUMBER, "10");
        tokens.operators("^", "{");
        if (exponent.group(1).startsWith("-")) {
            tokens.add(Kind.OPERATOR, "-");
        }
        tokens.add(Kind.NUMBER, exponent.group(1).replaceFirst("^[+-]", ""));
        tokens.add(Kind.OPERATOR, "}");
    }

    /** A number that the next word scales, such as {@code 5 thousand}. */
    private boolean scaled(String digits) {
        Optional<NumberWords.Reading> scaled =
                NumberWords.afterNumber(input.text(), Fractions.parseDecimal(digits), input.position());
        scaled.ifPresent(reading -> {
            input.moveTo(reading.end());
            tokens.value(reading.value());
        });
        return scaled.isPresent();
    }

    private void punctuation(char c) {
        if (c == '^' && (tokens.endsNumber() || !looksLikeO()) && input.skip(DEGREE_EXPONENT)) {
            degrees();
            return;
        }
        if (c == '^' && input.skip(RAISED_ORDINAL)) {
            return;
        }
        Matcher prime = input.matcher(PRIME);
        if (c == '^' && prime.lookingAt()) {
            input.moveTo(prime.end());
            int count = prime.group(1) == null ? 1 : prime.group(1).split("prime", -1).length - 1;
            for (int i = 0; i < count; i++) {
                tokens.add(Kind.OPERATOR, "'");
            }
            return;
        }
        if (c == '+' && input.skip(PLUS_MINUS)) {
            tokens.add(Kind.OPERATOR, "pm");
            return;
        }
        if (c == '.' && input.skip(ELLIPSIS)) {
            tokens.add(Kind.LETTER, "ldots");
            return;
        }
        input.next();
        switch (c) {
            case '$' -> {}
            case '`' -> tokens.space();
            case '%' -> tokens.add(Kind.OPERATOR, "%");
            case '*' -> tokens.add(Kind.OPERATOR, input.skip('*') ? "^" : "*");
            case '<', '>' -> tokens.add(Kind.OPERATOR, input.skip('=') ? c + "=" : String.valueOf(c));
            case '!' -> tokens.add(Kind.OPERATOR, input.skip('=') ? "!=" : "!");
            case ';' -> tokens.add(Kind.OPERATOR, ",");
            case '(', '[', ')', ']', '+', '-', '/', '^', '_', '{', '}', ',', '|', ':', '=', '&', '\'' ->
                tokens.add(Kind.OPERATOR, String.valueOf(c));
            default -> throw new ParseException("character " + c);
        }
    }

    private boolean looksLikeO() {
        Matcher degrees = input.matcher(DEGREE_EXPONENT);
        return degrees.lookingAt() && degrees.group().indexOf('\\') < 0;
    }

    private void degrees() {
        tokens.add(Kind.OPERATOR, "deg");
        input.skip(TEMPERATURE);
    }
}
