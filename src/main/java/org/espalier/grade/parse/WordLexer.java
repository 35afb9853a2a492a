package org.espalier.grade.parse;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.espalier.grade.parse.LatexToken.Kind;

/** Tokens of letters: variables in a row, names of functions, numbers in words, units, currencies. */
final class WordLexer {

    private static final int MIN_PROSE = 4;

    private static final Pattern CURRENCY_FIRST = Pattern.compile(
            "(?:USD|EUR|GBP|JPY|CNY|INR|CAD|AUD|HKD|US|CA|AU|HK|NZ|Rs|RMB|R)\\.?\\s*(?:\\\\?\\$)?\\s*(?=\\d)");
    private static final Pattern SIGN_WORD = Pattern.compile("(minus|negative|plus|positive)\\s+(?=[\\d\\\\.$]|[a-z])");

    private final CharCursor input;
    private final TokenWriter tokens;
    private int runEnd;
    private int runLength;

    WordLexer(CharCursor input, TokenWriter tokens) {
        this.input = input;
        this.tokens = tokens;
    }

    /** Whether the text begins with a currency before a number. */
    static boolean beginsWithCurrency(String text) {
        return CURRENCY_FIRST.matcher(text).lookingAt();
    }

    /** Reads what begins with a letter. */
    void read() {
        if (!tokens.endsValue() && input.skip(CURRENCY_FIRST)) {
            return;
        }
        String text = input.text();
        Matcher sign = input.matcher(SIGN_WORD);
        if (sign.lookingAt()
                && (isDigitOrCommand(sign.end())
                        || NumberWords.read(text, sign.end()).isPresent())) {
            input.moveTo(sign.end());
            tokens.add(Kind.OPERATOR, sign.group(1).matches("minus|negative") ? "-" : "+");
            return;
        }
        Optional<NumberWords.Reading> number = NumberWords.read(text, input.position());
        if (number.isPresent() && !tokens.endsValue()) {
            input.moveTo(number.get().end());
            tokens.value(number.get().value());
            unit();
            return;
        }
        if (tokens.endsValue() && tokens.isSpaced()) {
            int before = input.position();
            unit();
            if (input.position() > before) {
                return;
            }
        }
        int start = input.position();
        String run = input.letters();
        refuseProse(start, run);
        runEnd = input.position();
        runLength = isProduct(run) ? run.length() : 0;
        run(run);
    }

    /** Reads a unit, if one is next. */
    void unit() {
        UnitPhrase.read(input.text(), input.position()).ifPresent(phrase -> {
            input.moveTo(phrase.end());
            tokens.space();
            tokens.add(Kind.UNIT, phrase.words());
        });
    }

    private static boolean isProduct(String run) {
        return LetterRuns.leadingFunction(run).isEmpty() && !run.matches("and|or") && !LatexCommands.isWord(run);
    }

    /** Short words in a row, or before a number, are a sentence and no product of variables. */
    private void refuseProse(int start, String run) {
        String text = input.text();
        int end = input.position();
        boolean afterRun =
                start > runEnd && text.substring(runEnd, start).isBlank() && runLength + run.length() >= MIN_PROSE;
        boolean beforeNumber =
                run.length() > 1 && end + 1 < text.length() && text.charAt(end) == ' ' && input.isDigit(end + 1);
        boolean prose = (afterRun && runLength > 0) || beforeNumber;
        if (prose && isProduct(run)) {
            throw new ParseException("words");
        }
    }

    private boolean isDigitOrCommand(int index) {
        String text = input.text();
        return index < text.length() && (input.isDigit(index) || "\\.$".indexOf(text.charAt(index)) >= 0);
    }

    private void run(String run) {
        Optional<String> function = LetterRuns.leadingFunction(run);
        int position = input.position();
        if (run.equals("and") || run.equals("or")) {
            tokens.add(Kind.OPERATOR, ",");
        } else if (tokens.endsWith("deg") && run.matches("[CFK]")) {
            tokens.space();
        } else if (function.isPresent()) {
            function(function.get());
            if (run.length() > function.get().length()) {
                run(run.substring(function.get().length()));
            }
        } else if (run.length() > 1
                && (LatexCommands.isWord(run)
                        || LetterRuns.isSpelledOut(input.text(), position - run.length(), position))) {
            tokens.add(Kind.WORD, run);
        } else {
            run.chars().forEach(c -> tokens.add(Kind.LETTER, String.valueOf((char) c)));
        }
    }

    private void function(String name) {
        if (name.equals("cbrt")) {
            tokens.add(Kind.COMMAND, "sqrt");
            tokens.operators("[");
            tokens.add(Kind.NUMBER, "3");
            tokens.operators("]");
            return;
        }
        tokens.add(Kind.COMMAND, LatexCommands.command(name).orElse(name));
    }
}
