package org.espalier.code;

import org.espalier.model.EspalierException;

/** The tests themselves cannot be run; no program is to blame. */
public final class BrokenTestsException extends EspalierException {
    private static final long serialVersionUID = 1L;

    BrokenTestsException(String message) {
        super(message);
    }
}
