package org.espalier.grade.parse;

/** Signals that a string is not an expression this package reads: it is then compared as text. */
public final class ParseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ParseException(String reason) {
        super(reason, null, false, false);
    }
}
