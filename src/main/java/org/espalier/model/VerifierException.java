package org.espalier.model;

/**
 * A verifier has crashed, hangs, or answers what is no score. It fails the problem that it was asked about; others can go on,
 * as it is started anew for them.
 */
public final class VerifierException extends EspalierException {
    private static final long serialVersionUID = 1L;

    public VerifierException(Wording message) {
        super(message);
    }
}
