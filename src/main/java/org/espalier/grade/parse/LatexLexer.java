package org.espalier.grade.parse;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NamedFunction;
import org.espalier.grade.parse.LatexToken.Kind;

/**
 * Splits an answer, LaTeX or plain, into tokens. Formatting disappears here: spacing and sizing commands, dollar and
 * percent signs, ordinal suffixes, separators of thousands.
 */
final class LatexLexer {

    private static final int MAX_TOKENS = 600;
    private static final int MAX_NESTED_TEXT = 3;
    private static final int MIN_PROSE = 4;

    private static final Pattern DEGREE_EXPONENT = Pattern.compile(
            "\\^\\s*(?:\\{\\s*\\\\(?:circ|degree)\\s*\\}|\\\\(?:circ|degree)(?![a-zA-Z])|\\{?\\s*o\\s*\\}?(?![a-zA-Z]))");
    private static final Pattern TEMPERATURE = Pattern.compile(
            "\\s*(?:\\\\[,; ])?\\s*(?:\\\\(?:text|mathrm|rm)\\s*\\{?\\s*)?[CFK](?:elsius|ahrenheit)?\\b\\s*\\}?");
    private static final Pattern RAISED_ORDINAL =
            Pattern.compile("\\^\\s*\\{?\\s*(?:\\\\(?:text|mathrm|mbox)\\s*\\{\\s*)?(?:st|nd|rd|th)\\b[\\s}]*");
    private static final Pattern ORDINAL = Pattern.compile("(?:st|nd|rd|th)(?![a-zA-Z])");
    private static final Pattern PRIME =
            Pattern.compile("\\^\\s*(?:\\{\\s*((?:\\\\prime\\s*)+)\\}|(\\\\prime(?![a-zA-Z])))");
    private static final Pattern MONEY = Pattern.compile("\\\\?\\$");
    private static final Pattern CURRENCY_FIRST = Pattern.compile(
            "(?:USD|EUR|GBP|JPY|CNY|INR|CAD|AUD|HKD|US|CA|AU|HK|NZ|Rs|RMB|R)\\.?\\s*(?:\\\\?\\$)?\\s*(?=\\d)");
    private static final Pattern SIGN_WORD = Pattern.compile("(minus|negative|plus|positive)\\s+(?=[\\d\\\\.$]|[a-z])");
    private static final Pattern TIMES_X = Pattern.compile("\\s*[xX]\\s*(?=\\d)");
    private static final Pattern EXPONENT = Pattern.compile("[eE]([+-]?\\d{1,3})(?![\\da-zA-Z])");
    private static final Pattern MICRO = Pattern.compile("\\s*(?:\\\\(?:text|mathrm)\\s*\\{\\s*)?[mgs]\\s*\\}?\\s*$");
    private static final Pattern STATEMENT =
            Pattern.compile("[=<>]|\\\\(?:leq?|geq?|neq?|lt|gt|in)(?![a-zA-Z])|\\d\\s*\\\\(?:lor|vee)");
    private static final Pattern PLUS_MINUS = Pattern.compile("\\+\\s*/\\s*-");
    private static final Pattern ELLIPSIS = Pattern.compile("\\.\\.\\.+");

    private final String input;
    private final int nesting;
    private final TokenWriter tokens = new TokenWriter();
    private int position;
    private int brackets;
    private int braces;
    private int runEnd;
    private int runLength;

    private LatexLexer(String input, int nesting) {
        this.input = input;
        this.nesting = nesting;
    }

    /** @throws ParseException if the input has a character or command that no answer contains, or is too long */
    static List<LatexToken> tokenize(String input) {
        return new LatexLexer(Characters.toLatex(input), 0).run();
    }

    private List<LatexToken> run() {
        while (position < input.length()) {
            char c = input.charAt(position);
            if (Character.isWhitespace(c) || c == '~') {
                position++;
                tokens.space();
            } else if (isDigit(position) || (c == '.' && isDigit(position + 1))) {
                number();
            } else if (isLetter(c)) {
                letters();
            } else if (c == '\\') {
                command();
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
        Optional<String> literal = Bases.literal(input, position);
        if (literal.isPresent()) {
            position += literal.get().length();
            tokens.add(Kind.WORD, literal.get());
            return;
        }
        Numerals.Numeral numeral =
                Numerals.read(input, position, new Numerals.Place(brackets > 0, braces > 0, tokens.endsWith(",")));
        position = numeral.end();
        if (!numeral.denominator().equals(BigInteger.ONE)) {
            tokens.fraction(new BigInteger(numeral.digits()), numeral.denominator());
        } else if (!scaled(numeral.digits())) {
            tokens.add(Kind.NUMBER, numeral.digits());
        }
        exponent();
        if (matches(ORDINAL)) {
            tokens.space();
        } else if (matches(TIMES_X)) {
            tokens.add(Kind.OPERATOR, "*");
        }
        phrase();
    }

    private void exponent() {
        Matcher exponent = EXPONENT.matcher(input).region(position, input.length());
        if (!exponent.lookingAt()) {
            return;
        }
        position = exponent.end();
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
        Optional<NumberWords.Reading> scaled = NumberWords.afterNumber(input, Fractions.parseDecimal(digits), position);
        scaled.ifPresent(reading -> {
            position = reading.end();
            tokens.value(reading.value());
        });
        return scaled.isPresent();
    }

    private void phrase() {
        UnitPhrase.read(input, position).ifPresent(phrase -> {
            position = phrase.end();
            tokens.space();
            tokens.add(Kind.UNIT, phrase.words());
        });
    }

    private boolean matches(Pattern pattern) {
        Matcher matcher = pattern.matcher(input).region(position, input.length());
        boolean found = matcher.useTransparentBounds(true).lookingAt();
        if (found) {
            position = matcher.end();
        }
        return found;
    }

    private void letters() {
        if (!tokens.endsValue() && matches(CURRENCY_FIRST)) {
            return;
        }
        Matcher sign = SIGN_WORD.matcher(input).region(position, input.length());
        if (sign.lookingAt()
                && (isDigitOrCommand(sign.end())
                        || NumberWords.read(input, sign.end()).isPresent())) {
            position = sign.end();
            tokens.add(Kind.OPERATOR, sign.group(1).matches("minus|negative") ? "-" : "+");
            return;
        }
        Optional<NumberWords.Reading> number = NumberWords.read(input, position);
        if (number.isPresent() && !tokens.endsValue()) {
            position = number.get().end();
            tokens.value(number.get().value());
            phrase();
            return;
        }
        if (tokens.endsValue() && tokens.isSpaced()) {
            int before = position;
            phrase();
            if (position > before) {
                return;
            }
        }
        int start = position;
        while (position < input.length() && isLetter(input.charAt(position))) {
            position++;
        }
        refuseProse(start);
        runEnd = position;
        String run = input.substring(start, position);
        boolean variables =
                !run.matches("and|or") && LetterRuns.leadingFunction(run).isEmpty() && !LatexCommands.isWord(run);
        runLength = variables ? position - start : 0;
        letters(run);
    }

    /** Short words in a row, or before a number, are a sentence and no product of variables. */
    private void refuseProse(int start) {
        int length = position - start;
        boolean afterRun =
                start > runEnd && input.substring(runEnd, start).isBlank() && runLength + length >= MIN_PROSE;
        boolean beforeNumber =
                length > 1 && position + 1 < input.length() && input.charAt(position) == ' ' && isDigit(position + 1);
        String run = input.substring(start, position);
        boolean prose = (afterRun && runLength > 0) || beforeNumber;
        if (prose
                && LetterRuns.leadingFunction(run).isEmpty()
                && !run.matches("and|or")
                && !LatexCommands.isWord(run)) {
            throw new ParseException("words");
        }
    }

    private boolean isDigitOrCommand(int index) {
        return index < input.length() && (isDigit(index) || "\\.$".indexOf(input.charAt(index)) >= 0);
    }

    private void letters(String run) {
        Optional<String> function = LetterRuns.leadingFunction(run);
        if (run.equals("and") || run.equals("or")) {
            tokens.add(Kind.OPERATOR, ",");
        } else if (tokens.endsWith("deg") && run.matches("[CFK]")) {
            tokens.space();
        } else if (function.isPresent()) {
            addNamed(function.get());
            if (run.length() > function.get().length()) {
                letters(run.substring(function.get().length()));
            }
        } else if (run.length() > 1
                && (LatexCommands.isWord(run) || LetterRuns.isSpelledOut(input, position - run.length(), position))) {
            tokens.add(Kind.WORD, run);
        } else {
            run.chars().forEach(c -> tokens.add(Kind.LETTER, String.valueOf((char) c)));
        }
    }

    private void addNamed(String name) {
        if (name.equals("cbrt")) {
            tokens.add(Kind.COMMAND, "sqrt");
            tokens.operators("[");
            tokens.add(Kind.NUMBER, "3");
            tokens.operators("]");
            return;
        }
        tokens.add(Kind.COMMAND, LatexCommands.command(name).orElse(name));
    }

    private void command() {
        position++;
        if (position >= input.length()) {
            return;
        }
        char c = input.charAt(position);
        if (!isLetter(c)) {
            position++;
            escaped(c);
            return;
        }
        int start = position;
        while (position < input.length() && isLetter(input.charAt(position))) {
            position++;
        }
        named(input.substring(start, position));
    }

    private void escaped(char c) {
        switch (c) {
            case '{' -> {
                braces++;
                tokens.add(Kind.OPERATOR, "\\{");
            }
            case '}' -> {
                braces--;
                tokens.add(Kind.OPERATOR, "\\}");
            }
            case '\\' -> tokens.add(Kind.OPERATOR, "\\\\");
            case '|' -> tokens.add(Kind.OPERATOR, "|");
            case '!' -> {}
            case ',', ';', ':', ' ', '\n', '/', '(', ')', '[', ']', '>' -> tokens.space();
            case '%' -> tokens.add(Kind.OPERATOR, "%");
            case '$', '#', '&', '_', '-' -> {}
            default -> throw new ParseException("\\" + c);
        }
    }

    private void named(String name) {
        Optional<String> operator = LatexCommands.operator(name);
        Optional<String> command = LatexCommands.command(name);
        if (operator.isPresent()) {
            if (operator.get().equals(",") && !STATEMENT.matcher(input).find()) {
                throw new ParseException("a formula of logic");
            }
            brackets += name.equals("langle") || name.equals("lbrack") ? 1 : 0;
            brackets -= name.equals("rangle") || name.equals("rbrack") ? 1 : 0;
            braces += name.equals("lbrace") ? 1 : name.equals("rbrace") ? -1 : 0;
            tokens.add(Kind.OPERATOR, operator.get());
        } else if (command.isPresent()) {
            tokens.add(Kind.COMMAND, command.get());
        } else if (NamedFunction.named(name).isPresent()) {
            tokens.add(Kind.COMMAND, name);
        } else if (LatexCommands.PROSE.contains(name)) {
            prose(braced());
        } else if (LatexCommands.FACES.contains(name)) {
            face(name, braced().strip());
        } else if (name.equals("not")) {
            negated();
        } else if (name.equals("mu") && tokens.endsNumber() && matches(MICRO)) {
            tokens.add(Kind.UNIT, "micro");
        } else if (LatexCommands.isSymbol(name)) {
            tokens.add(Kind.LETTER, name.matches("[lc]?dots") ? "ldots" : name);
        } else if (name.equals("begin") || name.equals("end")) {
            environment(name);
        } else if (LatexCommands.isIgnored(name)) {
            if (name.equals("left") || name.equals("right")) {
                skip('.');
            }
        } else {
            throw new ParseException("\\" + name);
        }
    }

    /** Letters of another face are other variables, except in italics; numbers are the same in every face. */
    private void face(String name, String content) {
        if (LatexCommands.USUAL_FACES.contains(name) || !content.matches("[A-Za-z]|\\\\[a-zA-Z]+")) {
            nested(content);
        } else {
            tokens.add(Kind.LETTER, (LatexCommands.BOLD_FACES.contains(name) ? "mathbf" : name) + " " + content);
        }
    }

    private void nested(String content) {
        if (nesting >= MAX_NESTED_TEXT) {
            throw new ParseException("text in text");
        }
        tokens.addAll(new LatexLexer(content, nesting + 1).run());
    }

    private void negated() {
        while (position < input.length() && Character.isWhitespace(input.charAt(position))) {
            position++;
        }
        if (!skip('=')) {
            throw new ParseException("\\not");
        }
        tokens.add(Kind.OPERATOR, "!=");
    }

    private void environment(String command) {
        String name = braced().strip();
        if (command.equals("end")) {
            brackets--;
            tokens.add(Kind.END, name);
            return;
        }
        brackets++;
        if (name.equals("array")) {
            braced();
        }
        tokens.add(Kind.BEGIN, name);
    }

    /** Prose that holds a number is read as mathematics, so that {@code \text{12 feet}} is a quantity. */
    private void prose(String content) {
        String words = MONEY.matcher(content).replaceAll("").strip();
        boolean currency =
                !tokens.endsValue() && CURRENCY_FIRST.matcher(words + "0").lookingAt();
        if (words.isEmpty() || currency || (tokens.endsWith("deg") && words.matches("[CFK]"))) {
            tokens.space();
        } else if (words.equals("and") || words.equals("or") || words.equals(",")) {
            tokens.add(Kind.OPERATOR, ",");
        } else if (NamedFunction.named(words).isPresent()) {
            tokens.add(Kind.COMMAND, words);
        } else if (tokens.endsValue()
                && words.length() == 1
                && isLetter(words.charAt(0))
                && !Units.isUnitLetter(words)) {
            tokens.add(Kind.LETTER, words);
        } else if (tokens.endsValue() && Units.droppable(words)) {
            tokens.add(Kind.UNIT, words);
        } else if (tokens.endsNumber() && scaledBy(words)) {
            tokens.space();
        } else if (isMathematics(words)) {
            nested(words);
        } else {
            tokens.add(Kind.TEXT, words);
        }
    }

    private static boolean isMathematics(String words) {
        return words.chars().anyMatch(c -> (c >= '0' && c <= '9') || c == '=' || c == '\\')
                || NumberWords.begins(words)
                || words.matches("[a-z]")
                || words.matches("(?i)(?:positive |negative )?infinity");
    }

    /** Whether the words scale the number before them, as in {@code 2 \text{ dozen eggs}}; then it is scaled. */
    private boolean scaledBy(String words) {
        BigFraction number = Fractions.parseDecimal(tokens.last().text());
        Optional<NumberWords.Reading> scaled = NumberWords.afterNumber(words, number, 0);
        if (scaled.isEmpty()) {
            return false;
        }
        String rest = words.substring(scaled.get().end());
        if (!rest.isBlank() && !Units.droppable(rest)) {
            return false;
        }
        tokens.removeLast();
        tokens.value(scaled.get().value());
        return true;
    }

    private void punctuation(char c) {
        if (c == '^' && (tokens.endsNumber() || !looksLikeO()) && matches(DEGREE_EXPONENT)) {
            degrees();
            return;
        }
        if (c == '^' && matches(RAISED_ORDINAL)) {
            return;
        }
        Matcher prime = PRIME.matcher(input).region(position, input.length());
        if (c == '^' && prime.lookingAt()) {
            position = prime.end();
            int count = prime.group(1) == null ? 1 : prime.group(1).split("prime", -1).length - 1;
            for (int i = 0; i < count; i++) {
                tokens.add(Kind.OPERATOR, "'");
            }
            return;
        }
        if (c == '+' && matches(PLUS_MINUS)) {
            tokens.add(Kind.OPERATOR, "pm");
            return;
        }
        if (c == '.' && matches(ELLIPSIS)) {
            tokens.add(Kind.LETTER, "ldots");
            return;
        }
        position++;
        switch (c) {
            case '$' -> {}
            case '`' -> tokens.space();
            case '%' -> tokens.add(Kind.OPERATOR, "%");
            case '(', '[' -> {
                brackets++;
                tokens.add(Kind.OPERATOR, String.valueOf(c));
            }
            case ')', ']' -> {
                brackets--;
                tokens.add(Kind.OPERATOR, String.valueOf(c));
            }
            case '*' -> {
                if (skip('*')) {
                    tokens.add(Kind.OPERATOR, "^");
                } else {
                    tokens.add(Kind.OPERATOR, "*");
                }
            }
            case '<', '>' -> tokens.add(Kind.OPERATOR, skip('=') ? c + "=" : String.valueOf(c));
            case '!' -> tokens.add(Kind.OPERATOR, skip('=') ? "!=" : "!");
            case ';' -> tokens.add(Kind.OPERATOR, ",");
            case '+', '-', '/', '^', '_', '{', '}', ',', '|', ':', '=', '&', '\'' ->
                tokens.add(Kind.OPERATOR, String.valueOf(c));
            default -> throw new ParseException("character " + c);
        }
    }

    private boolean looksLikeO() {
        Matcher degrees = DEGREE_EXPONENT.matcher(input).region(position, input.length());
        return degrees.lookingAt() && degrees.group().indexOf('\\') < 0;
    }

    private void degrees() {
        tokens.add(Kind.OPERATOR, "deg");
        matches(TEMPERATURE);
    }

    private boolean skip(char c) {
        if (position < input.length() && input.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    /** The raw content of the brace group that starts here, or the single character if there is no brace. */
    private String braced() {
        while (position < input.length() && Character.isWhitespace(input.charAt(position))) {
            position++;
        }
        if (position >= input.length()) {
            throw new ParseException("missing argument");
        }
        int end = Braces.closing(input, position);
        String content = end < 0 ? input.substring(position, position + 1) : input.substring(position + 1, end);
        position = end < 0 ? position + 1 : end + 1;
        return content;
    }

    private boolean isDigit(int index) {
        return index < input.length() && input.charAt(index) >= '0' && input.charAt(index) <= '9';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
