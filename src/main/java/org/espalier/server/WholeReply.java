package org.espalier.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.server.Backend.Model;
import org.espalier.server.Searches.Result;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with one JSON object. A search that takes its time is begun to be answered with spaces, which JSON allows before
 * an object: only who writes to a client notices that it has gone. While it waits for its turn nothing is written, so that
 * what is refused then has a status that says so.
 */
final class WholeReply implements SolveReply {
    private static final byte[] SPACE = " ".getBytes(StandardCharsets.US_ASCII);

    private final Reply reply;
    private final SolveRequest request;
    private final Answers answers;

    WholeReply(Reply reply, SolveRequest request, Answers answers) {
        this.reply = reply;
        this.request = request;
        this.answers = answers;
    }

    @Override
    public boolean hearsEvents() {
        return false;
    }

    @Override
    public boolean hearsText() {
        return false;
    }

    @Override
    public void accepted() {}

    @Override
    public void event(SearchEvent event) {}

    @Override
    public void settled(String text) {}

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
    public void finish(Result result, List<Model> models) throws IOException {
        List<Choice> choices = Choice.of(result.solution(), request.search().choices(), request.stops());
        ObjectNode body = answers.whole(result, choices, SearchReport.of(result, choices, models));
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
        reply.write(Json.bytes(failure.body()));
        reply.breakOff();
    }
}
