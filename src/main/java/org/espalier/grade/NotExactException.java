package org.espalier.grade;

/** Signals that an expression has no exact normal form here: it is then compared by numeric samples. */
final class NotExactException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotExactException(String reason) {
        super(reason, null, false, false);
    }
}
