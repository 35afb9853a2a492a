package org.espalier.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.server.Backend.Model;
import org.espalier.server.Searches.Result;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with one JSON object. A search that takes its time is begun to be answered with spaces, which JSON allows before
 * an object: only who writes to a client notices that it has gone.
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
    public void stillWaiting() throws IOException {
        if (!reply.hasBegun()) {
            reply.begin("application/json");
        }
        reply.write(SPACE);
    }

    @Override
    public void finish(Result result, List<Model> models) throws IOException {
        List<Choice> choices = Choice.of(result.solution(), request.choices(), request.stops());
        send(200, answers.whole(result, choices, SearchReport.of(result, choices, models)));
    }

    /** The status has been sent already if the search had begun long ago; the body tells then. */
    @Override
    public void fail(ApiException failure) throws IOException {
        send(failure.status(), failure.body());
    }

    private void send(int status, ObjectNode body) throws IOException {
        if (reply.hasBegun()) {
            reply.write(Json.bytes(body));
            reply.end();
        } else {
            reply.json(status, body);
        }
    }
}
