package org.espalier.grade.parse;

/**
 * A lexical unit of an answer.
 *
 * @param text for a number its digits without separators, for an operator its canonical spelling
 * @param spaced whether white space stood before it
 */
record LatexToken(Kind kind, String text, boolean spaced) {

    enum Kind {
        NUMBER,
        /** A one-letter or Greek name. */
        LETTER,
        /** A run of letters outside mathematics: a name, an English word. */
        WORD,
        /** Words after a value that only name what it measures or counts. */
        UNIT,
        /** The content of {@code \text{…}}. */
        TEXT,
        /** A command with arguments, such as {@code frac}, or a function name. */
        COMMAND,
        OPERATOR,
        BEGIN,
        END
    }

    boolean is(Kind wanted, String spelling) {
        return kind == wanted && text.equals(spelling);
    }

    boolean isOperator(String spelling) {
        return is(Kind.OPERATOR, spelling);
    }
}
