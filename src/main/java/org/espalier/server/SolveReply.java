package org.espalier.server;

import java.io.IOException;
import java.util.List;
import org.espalier.wire.SearchOutcome.Model;

/** How a request to solve something is answered. */
interface SolveReply extends SearchClient {
    /** The search has ended. */
    void finish(SearchResult result, List<Model> models) throws IOException;

    /** What has begun to be answered ends with this. */
    void fail(ApiException failure) throws IOException;
}
