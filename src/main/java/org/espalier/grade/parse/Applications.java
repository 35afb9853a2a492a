package org.espalier.grade.parse;

import java.util.Optional;
import org.espalier.grade.parse.LatexToken.Kind;

/** Function application by an unknown function, such as {@code f(0)}: a value of its own, not a product. */
final class Applications {

    private static final int MAX_ARGUMENTS = 40;

    private Applications() {}

    /** Whether a letter before a bracket names a function by convention. */
    static boolean isFunctionName(String name) {
        return name.matches("(?:[fghFGHPQT]|phi|varphi|psi|Phi|Gamma)'*(?:_.{1,10})?");
    }

    /** The bracketed arguments at the cursor, which then is behind them; none if they are more than numbers and names. */
    static Optional<String> arguments(String name, TokenCursor cursor) {
        boolean sums = name.startsWith("f") || name.startsWith("g");
        StringBuilder text = new StringBuilder("(");
        for (int ahead = 1; ahead <= MAX_ARGUMENTS; ahead++) {
            LatexToken token = cursor.peek(ahead);
            if (token.isOperator(")")) {
                cursor.skip(ahead + 1);
                return Optional.of(text + ")");
            }
            boolean simple = token.kind() == Kind.NUMBER
                    || token.kind() == Kind.LETTER
                    || token.isOperator(",")
                    || (sums && (token.isOperator("-") || token.isOperator("+")))
                    || token.is(Kind.COMMAND, "pi");
            if (!simple || token.text().isEmpty()) {
                return Optional.empty();
            }
            text.append(token.text());
        }
        return Optional.empty();
    }
}
