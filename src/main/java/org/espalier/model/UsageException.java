package org.espalier.model;

/** The caller asked for something that cannot be: a parameter out of range or two that exclude each other. */
public final class UsageException extends EspalierException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
