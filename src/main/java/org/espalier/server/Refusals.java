package org.espalier.server;

import java.util.concurrent.CompletionException;
import org.espalier.model.EspalierException;
import org.espalier.model.TextException;
import org.espalier.model.UsageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told of an exception. */
final class Refusals {
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    static final String INTERNAL_ERROR = "internal error: the server's log says more";

    private Refusals() {}

    /** What the client can mend is said with 400; of other failures the log has more. */
    static ApiException of(Throwable thrown) {
        Throwable cause = thrown.getCause();
        if (thrown instanceof CompletionException && cause != null) {
            return of(cause);
        }
        if (thrown instanceof ApiException refusal) {
            return refusal;
        }
        if (thrown instanceof UsageException refused) {
            return ApiException.invalid(refused);
        }
        if (thrown instanceof TextException refused) {
            return ApiException.refused(400, ApiException.TOO_LONG, String.valueOf(refused.getMessage()));
        }
        if (thrown instanceof EspalierException failed) {
            LOG.warn("a request failed: {}", failed.getMessage());
            return ApiException.failed(String.valueOf(failed.getMessage()));
        }
        LOG.error("a request failed", thrown);
        return ApiException.failed(INTERNAL_ERROR);
    }
}
