package org.espalier.grade.parse;

import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.numbers.fraction.BigFraction;
import org.espalier.grade.algebra.Fractions;
import org.espalier.grade.algebra.NamedFunction;
import org.espalier.grade.parse.LatexToken.Kind;

/** Tokens of what begins with a backslash: operators, functions, faces of letters, environments, prose. */
final class CommandLexer {

    private static final int MAX_NESTED_TEXT = 3;

    private static final Pattern MONEY = Pattern.compile("\\\\?\\$");
    private static final Pattern MICRO = Pattern.compile("\\s*(?:\\\\(?:text|mathrm)\\s*\\{\\s*)?[mgs]\\s*\\}?\\s*$");
    private static final Pattern STATEMENT =
            Pattern.compile("[=<>]|\\\\(?:leq?|geq?|neq?|lt|gt|in)(?![a-zA-Z])|\\d\\s*\\\\(?:lor|vee)");

    private final CharCursor input;
    private final TokenWriter tokens;
    private final int nesting;

    /** @param nesting of text in text: 0 for an answer itself */
    CommandLexer(CharCursor input, TokenWriter tokens, int nesting) {
        this.input = input;
        this.tokens = tokens;
        this.nesting = nesting;
    }

    /** Reads the command that is next. */
    void read() {
        input.next();
        if (input.isAtEnd()) {
            return;
        }
        if (CharCursor.isLetter(input.peek())) {
            named(input.letters());
        } else {
            escaped(input.next());
        }
    }

    private void escaped(char c) {
        switch (c) {
            case '{' -> tokens.add(Kind.OPERATOR, "\\{");
            case '}' -> tokens.add(Kind.OPERATOR, "\\}");
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
            if (operator.get().equals(",") && !STATEMENT.matcher(input.text()).find()) {
                throw new ParseException("a formula of logic");
            }
            tokens.add(Kind.OPERATOR, operator.get());
        } else if (command.isPresent()) {
            tokens.add(Kind.COMMAND, command.get());
        } else if (NamedFunction.named(name).isPresent()) {
            tokens.add(Kind.COMMAND, name);
        } else if (LatexCommands.PROSE.contains(name)) {
            prose(input.braced());
        } else if (LatexCommands.FACES.contains(name)) {
            face(name, input.braced().strip());
        } else if (name.equals("not")) {
            negated();
        } else if (name.equals("mu") && tokens.endsNumber() && input.skip(MICRO)) {
            tokens.add(Kind.UNIT, "micro");
        } else if (LatexCommands.isSymbol(name)) {
            tokens.add(Kind.LETTER, name.matches("[lc]?dots") ? "ldots" : name);
        } else if (name.equals("begin") || name.equals("end")) {
            environment(name);
        } else if (LatexCommands.isIgnored(name)) {
            if (name.equals("left") || name.equals("right")) {
                input.skip('.');
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
        tokens.addAll(LatexLexer.tokenize(content, nesting + 1));
    }

    private void negated() {
        input.skipSpace();
        if (!input.skip('=')) {
            throw new ParseException("\\not");
        }
        tokens.add(Kind.OPERATOR, "!=");
    }

    private void environment(String command) {
        String name = input.braced().strip();
        if (command.equals("end")) {
            tokens.add(Kind.END, name);
            return;
        }
        if (name.equals("array")) {
            input.braced();
        }
        tokens.add(Kind.BEGIN, name);
    }

    /** Prose that holds a number is read as mathematics, so that {@code \text{12 feet}} is a quantity. */
    private void prose(String content) {
        String words = MONEY.matcher(content).replaceAll("").strip();
        boolean currency = !tokens.endsValue() && WordLexer.beginsWithCurrency(words + "0");
        if (words.isEmpty() || currency || (tokens.endsWith("deg") && words.matches("[CFK]"))) {
            tokens.space();
        } else if (words.equals("and") || words.equals("or") || words.equals(",")) {
            tokens.add(Kind.OPERATOR, ",");
        } else if (NamedFunction.named(words).isPresent()) {
            tokens.add(Kind.COMMAND, words);
        } else if (tokens.endsValue()
                && words.length() == 1
                && CharCursor.isLetter(words.charAt(0))
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
}
