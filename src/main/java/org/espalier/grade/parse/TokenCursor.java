package org.espalier.grade.parse;

import java.util.ArrayList;
import java.util.List;
import org.espalier.grade.parse.LatexToken.Kind;

/** A reading position in a token list, with the nesting bound that keeps the recursive parser off deep stacks. */
final class TokenCursor {

    private static final LatexToken NOTHING = new LatexToken(Kind.OPERATOR, "", false);
    private static final int MAX_DEPTH = 60;

    private final List<LatexToken> tokens;
    private int position;
    private int depth;

    TokenCursor(List<LatexToken> tokens) {
        this.tokens = new ArrayList<>(tokens);
    }

    LatexToken peek() {
        return peek(0);
    }

    /** The token {@code offset} places ahead; an empty operator beyond either end. */
    LatexToken peek(int offset) {
        int index = position + offset;
        return index >= 0 && index < tokens.size() ? tokens.get(index) : NOTHING;
    }

    LatexToken next() {
        if (atEnd()) {
            throw new ParseException("unexpected end");
        }
        return tokens.get(position++);
    }

    boolean atEnd() {
        return position >= tokens.size();
    }

    boolean accept(String operator) {
        if (peek().isOperator(operator)) {
            position++;
            return true;
        }
        return false;
    }

    void expect(String operator) {
        if (!accept(operator)) {
            throw new ParseException("expected " + operator + " at token " + position);
        }
    }

    void skip(int count) {
        position += count;
    }

    /** Splits the number at the cursor so that its first digit stands alone, as TeX reads {@code \frac12}. */
    void splitFirstDigit() {
        LatexToken number = peek();
        if (number.kind() == Kind.NUMBER
                && number.text().length() > 1
                && number.text().charAt(0) != '.') {
            tokens.set(position, new LatexToken(Kind.NUMBER, number.text().substring(0, 1), number.spaced()));
            tokens.add(position + 1, new LatexToken(Kind.NUMBER, number.text().substring(1), false));
        }
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw new ParseException("nested too deeply");
        }
    }

    void leave() {
        depth--;
    }

    /** The spelling of an argument, for subscripts and accents. */
    String argumentText() {
        if (!accept("{")) {
            return next().text();
        }
        StringBuilder text = new StringBuilder();
        int nesting = 1;
        while (nesting > 0) {
            LatexToken token = next();
            nesting += token.isOperator("{") ? 1 : token.isOperator("}") ? -1 : 0;
            if (nesting > 0) {
                text.append(token.text());
            }
        }
        return text.toString();
    }
}
