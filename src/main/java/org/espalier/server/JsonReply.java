package org.espalier.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.model.DrawnToken;
import org.espalier.model.Warning;
import org.espalier.server.Drafts.Draft;
import org.espalier.wire.SearchOutcome.Model;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with one JSON object. While a search runs, spaces are written, which JSON allows before an object: a client that
 * has gone is noticed only when something is written to it. Nothing is written while the request waits in the queue, so that
 * a refusal can still have its own status.
 */
final class JsonReply implements SolveReply {
    private static final byte[] SPACE = " ".getBytes(StandardCharsets.US_ASCII);

    private final Reply reply;
    private final SolveRequest request;
    private final AnswerFormat format;

    JsonReply(Reply reply, SolveRequest request, AnswerFormat format) {
        this.reply = reply;
        this.request = request;
        this.format = format;
    }

    @Override
    public boolean wantsEvents() {
        return false;
    }

    @Override
    public boolean wantsDrafts() {
        return false;
    }

    @Override
    public boolean wantsText() {
        return false;
    }

    @Override
    public int likeliestTokens() {
        return request.logprobs();
    }

    @Override
    public void accepted() {}

    @Override
    public void event(SearchEvent event) {}

    /** The report will say it. */
    @Override
    public void warned(Warning warning) {}

    @Override
    public void drafts(List<Draft> drafts) {}

    @Override
    public void settled(String text, List<DrawnToken> tokens) {}

    @Override
    public void stillQueued() {}

    @Override
    public void stillSearching() throws IOException {
        if (!reply.hasBegun()) {
            reply.begin("application/json");
        }
        reply.write(SPACE);
    }

    @Override
    public void finish(SearchResult result, List<Model> models) throws IOException {
        ObjectNode body = format.whole(result.finished(request, models, false));
        if (reply.hasBegun()) {
            reply.write(Json.bytes(body));
            reply.end();
        } else {
            reply.json(200, body);
        }
    }

    /** The status that was sent says that all is well: what follows ends without its end, so that no client believes it. */
    @Override
    public void fail(ApiException failure) throws IOException {
        reply.write(Json.bytes(format.failed(failure)));
        reply.breakOff();
    }
}
