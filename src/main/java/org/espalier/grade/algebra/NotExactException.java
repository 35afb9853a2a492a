package org.espalier.grade.algebra;

/** Signals that an expression has no exact normal form here: it is then compared by numeric samples. */
public final class NotExactException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public NotExactException(String reason) {
        super(reason, null, false, false);
    }
}
