package org.espalier.server;

import java.io.IOException;
import java.util.List;
import org.espalier.server.SearchService.Client;
import org.espalier.server.SearchService.Result;
import org.espalier.wire.SearchOutcome.Model;

/** How a request to solve something is answered. */
interface SolveReply extends Client {
    /** The search has ended. */
    void finish(Result result, List<Model> models) throws IOException;

    /** What has begun to be answered ends with this. */
    void fail(ApiException failure) throws IOException;
}
