package org.espalier.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.Token.Kind;

/**
 * Splits an answer, LaTeX or plain, into tokens. Formatting disappears here: spacing and sizing commands, dollar and
 * percent signs, ordinal suffixes, separators of thousands.
 */
final class Lexer {

    private static final int MAX_TOKENS = 600;
    private static final int MAX_NESTED_TEXT = 3;

    private static final Pattern DEGREE_EXPONENT =
            Pattern.compile("\\^\\s*(?:\\{\\s*\\\\(?:circ|degree)\\s*\\}|\\\\(?:circ|degree)(?![a-zA-Z]))");
    private static final Pattern ORDINAL =
            Pattern.compile("\\^\\s*\\{?\\s*(?:\\\\(?:text|mathrm|mbox)\\s*\\{\\s*)?(?:st|nd|rd|th)\\b[\\s}]*");
    private static final Pattern THOUSANDS =
            Pattern.compile("\\s*(?:\\{,\\}|,\\s*\\\\!|\\\\,|\\\\!\\s*,|,|~|\\\\ | )(?:\\\\!)?\\s*(\\d{3})(?!\\d)");
    private static final Pattern MONEY = Pattern.compile("\\\\?\\$");
    private static final Pattern PLAIN_COMMA = Pattern.compile("(?:,\\d{3})+(?!\\d)(?!,\\s?[-\\d])");
    private static final Pattern EXPONENT = Pattern.compile("[eE]([+-]?\\d{1,3})(?![\\da-zA-Z])");

    private final String input;
    private final int nesting;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int brackets;
    private boolean spaced;

    private Lexer(String input, int nesting) {
        this.input = input;
        this.nesting = nesting;
    }

    /** @throws ParseException if the input has a character or command that no answer contains, or is too long */
    static List<Token> tokenize(String input) {
        return new Lexer(Vocabulary.toLatex(input), 0).run();
    }

    private List<Token> run() {
        while (position < input.length()) {
            char c = input.charAt(position);
            if (Character.isWhitespace(c) || c == '~') {
                position++;
                spaced = true;
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
        return tokens;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, spaced));
        spaced = false;
    }

    private void number() {
        int start = position;
        while (isDigit(position)) {
            position++;
        }
        StringBuilder digits = new StringBuilder(input.substring(start, position));
        if (digits.length() >= 1 && digits.length() <= 3 && digits.charAt(0) != '0') {
            groupsOfThousands(digits);
        }
        if (position < input.length() && input.charAt(position) == '.' && isDigit(position + 1)) {
            int point = position++;
            while (isDigit(position)) {
                position++;
            }
            digits.append(input, point, position);
        } else if (input.startsWith(".\\overline", position)) {
            position++;
            digits.append('.');
        }
        Matcher exponent = EXPONENT.matcher(input).region(position, input.length());
        add(Kind.NUMBER, digits.toString());
        if (exponent.lookingAt()) {
            position = exponent.end();
            add(Kind.OPERATOR, "*");
            add(Kind.NUMBER, "10");
            add(Kind.OPERATOR, "^");
            add(Kind.OPERATOR, "{");
            if (exponent.group(1).startsWith("-")) {
                add(Kind.OPERATOR, "-");
            }
            add(Kind.NUMBER, exponent.group(1).replaceFirst("^[+-]", ""));
            add(Kind.OPERATOR, "}");
        }
    }

    /**
     * A bare comma separates thousands only outside brackets and only if it does so in the whole run of numbers:
     * {@code (2,500)} is a point and {@code 100,200,5} a list.
     */
    private void groupsOfThousands(StringBuilder digits) {
        boolean inList = !tokens.isEmpty() && tokens.get(tokens.size() - 1).isOperator(",");
        boolean commas = brackets <= 0
                && !inList
                && PLAIN_COMMA.matcher(input).region(position, input.length()).lookingAt();
        Matcher group = THOUSANDS.matcher(input);
        while (group.region(position, input.length()).lookingAt()) {
            String separator = input.substring(position, group.start(1));
            if (separator.strip().equals(",") && !commas) {
                return;
            }
            digits.append(group.group(1));
            position = group.end();
        }
    }

    private void letters() {
        int start = position;
        while (position < input.length() && isLetter(input.charAt(position))) {
            position++;
        }
        letters(input.substring(start, position));
    }

    private void letters(String run) {
        Optional<String> function = leadingFunction(run);
        if (run.equals("and") || run.equals("or")) {
            add(Kind.OPERATOR, ",");
        } else if (function.isPresent()) {
            addNamed(function.get());
            if (run.length() > function.get().length()) {
                letters(run.substring(function.get().length()));
            }
        } else if (run.length() > 1 && Vocabulary.isWord(run)) {
            add(Kind.WORD, run);
        } else {
            run.chars().forEach(c -> add(Kind.LETTER, String.valueOf((char) c)));
        }
    }

    /** {@code sin} in {@code sinx}: a function name, alone or followed by one letter. */
    private static Optional<String> leadingFunction(String run) {
        for (int length = run.length(); length >= Math.max(2, run.length() - 1); length--) {
            String name = run.substring(0, length);
            boolean known = NamedFunction.named(name).isPresent()
                    || name.equals("sqrt")
                    || name.equals("pi")
                    || name.equals("infinity")
                    || (name.equals("inf") && length == run.length());
            if (known && !Vocabulary.isUnit(run)) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private void addNamed(String name) {
        add(Kind.COMMAND, Vocabulary.command(name).orElse(name));
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
                brackets++;
                add(Kind.OPERATOR, "\\{");
            }
            case '}' -> {
                brackets--;
                add(Kind.OPERATOR, "\\}");
            }
            case '\\' -> add(Kind.OPERATOR, "\\\\");
            case '|' -> add(Kind.OPERATOR, "|");
            case ',', '!', ';', ':', ' ', '\n', '/', '(', ')', '[', ']', '>' -> spaced |= c != '!';
            case '$', '%', '#', '&', '_' -> {}
            default -> throw new ParseException("\\" + c);
        }
    }

    private void named(String name) {
        Optional<String> operator = Vocabulary.operator(name);
        Optional<String> command = Vocabulary.command(name);
        if (operator.isPresent()) {
            brackets += name.equals("langle") || name.equals("lbrace") || name.equals("lbrack") ? 1 : 0;
            add(Kind.OPERATOR, operator.get());
        } else if (command.isPresent()) {
            add(Kind.COMMAND, command.get());
        } else if (NamedFunction.named(name).isPresent()) {
            add(Kind.COMMAND, name);
        } else if (Vocabulary.PROSE.contains(name)) {
            prose(braced());
        } else if (Vocabulary.FACES.contains(name)) {
            add(Kind.LETTER, name + " " + braced().strip());
        } else if (Vocabulary.isSymbol(name)) {
            add(Kind.LETTER, name);
        } else if (name.equals("begin") || name.equals("end")) {
            environment(name);
        } else if (Vocabulary.isIgnored(name)) {
            if (name.equals("left") || name.equals("right")) {
                skip('.');
            }
        } else {
            throw new ParseException("\\" + name);
        }
    }

    private void environment(String command) {
        String name = braced().strip();
        if (command.equals("end")) {
            brackets--;
            add(Kind.END, name);
            return;
        }
        brackets++;
        if (name.equals("array")) {
            braced();
        }
        add(Kind.BEGIN, name);
    }

    /** Prose that holds a numeral is read as mathematics, so that {@code \text{12 feet}} is a quantity. */
    private void prose(String content) {
        String words = MONEY.matcher(content).replaceAll("").strip();
        if (words.isEmpty()) {
            spaced = true;
        } else if (words.equals("and") || words.equals("or") || words.equals(",")) {
            add(Kind.OPERATOR, ",");
        } else if (NamedFunction.named(words).isPresent()) {
            add(Kind.COMMAND, words);
        } else if (words.chars().anyMatch(c -> c >= '0' && c <= '9') && nesting < MAX_NESTED_TEXT) {
            tokens.addAll(new Lexer(words, nesting + 1).run());
        } else {
            add(Kind.TEXT, words);
        }
    }

    private void punctuation(char c) {
        Matcher degrees = DEGREE_EXPONENT.matcher(input).region(position, input.length());
        Matcher ordinal = ORDINAL.matcher(input).region(position, input.length());
        if (c == '^' && degrees.lookingAt()) {
            position = degrees.end();
            add(Kind.OPERATOR, "deg");
            return;
        }
        if (c == '^' && ordinal.lookingAt()) {
            position = ordinal.end();
            return;
        }
        position++;
        switch (c) {
            case '$', '%', '`' -> spaced |= c == '`';
            case '(', '[' -> {
                brackets++;
                add(Kind.OPERATOR, String.valueOf(c));
            }
            case ')', ']' -> {
                brackets--;
                add(Kind.OPERATOR, String.valueOf(c));
            }
            case '*' -> {
                if (skip('*')) {
                    add(Kind.OPERATOR, "^");
                } else {
                    add(Kind.OPERATOR, "*");
                }
            }
            case '<', '>' -> add(Kind.OPERATOR, skip('=') ? c + "=" : String.valueOf(c));
            case '!' -> add(Kind.OPERATOR, skip('=') ? "!=" : "!");
            case ';' -> add(Kind.OPERATOR, ",");
            case '+', '-', '/', '^', '_', '{', '}', ',', '|', ':', '=', '&', '\'' ->
                add(Kind.OPERATOR, String.valueOf(c));
            default -> throw new ParseException("character " + c);
        }
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
