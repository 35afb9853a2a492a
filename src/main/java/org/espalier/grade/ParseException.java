package org.espalier.grade;

/** Signals that a string is not an expression this package reads: it is then compared as text. */
final class ParseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ParseException(String reason) {
        super(reason, null, false, false);
    }
}
