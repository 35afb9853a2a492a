package org.espalier.model;

/** A failure whose message is one line that says what is wrong and what to do about it. */
public class EspalierException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EspalierException(String message) {
        super(message);
    }

    public EspalierException(String message, Throwable cause) {
        super(message, cause);
    }
}
