package org.espalier.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.espalier.model.Warning;
import org.espalier.server.Drafts.Draft;
import org.espalier.server.SearchService.Result;
import org.espalier.wire.SearchOutcome.Model;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with server-sent events (SSE). While the search runs, chunks have an empty delta and an {@code espalier} object,
 * which OpenAI's clients pass over. The text follows as soon as it is settled: while it is written if there is only one path,
 * otherwise at the end, one chunk a step. The report, the usage and {@code [DONE]} end the stream.
 */
final class SseReply implements SolveReply {
    private static final byte[] COMMENT = ": waiting\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Reply reply;
    private final SolveRequest request;
    private final ResponseBodies bodies;
    /** Characters of the first choice that the client has already. */
    private int settled;

    SseReply(Reply reply, SolveRequest request, ResponseBodies bodies) {
        this.reply = reply;
        this.request = request;
        this.bodies = bodies;
    }

    @Override
    public boolean wantsEvents() {
        return request.events();
    }

    @Override
    public boolean wantsDrafts() {
        return request.drafts();
    }

    /** Not with stop texts: the end of what is settled might be the beginning of one. */
    @Override
    public boolean wantsText() {
        return request.stops().isEmpty();
    }

    @Override
    public void accepted() throws IOException {
        reply.begin("text/event-stream");
        send(bodies.first(0));
    }

    @Override
    public void event(SearchEvent event) throws IOException {
        ObjectNode chunk = bodies.piece(0, "");
        chunk.set("espalier", Json.MAPPER.valueToTree(event));
        send(chunk);
    }

    @Override
    public void warned(Warning warning) throws IOException {
        if (request.events()) {
            ObjectNode chunk = bodies.piece(0, "");
            ObjectNode event = Json.MAPPER.createObjectNode();
            event.put("event", "warned").put("code", warning.code()).put("message", warning.message());
            chunk.set("espalier", event);
            send(chunk);
        }
    }

    @Override
    public void drafts(List<Draft> drafts) throws IOException {
        ObjectNode chunk = bodies.piece(0, "");
        chunk.putObject("espalier").put("event", "writing").set("drafts", Json.MAPPER.valueToTree(drafts));
        send(chunk);
    }

    @Override
    public void settled(String text) throws IOException {
        send(bodies.piece(0, text));
        settled += text.length();
    }

    @Override
    public void stillQueued() throws IOException {
        reply.write(COMMENT);
    }

    @Override
    public void stillSearching() throws IOException {
        reply.write(COMMENT);
    }

    @Override
    public void finish(Result result, List<Model> models) throws IOException {
        List<Choice> choices = Choice.of(result.solution(), request.search().choices(), request.stops());
        String delimiter = request.search().config().delimiter();
        for (int i = 0; i < choices.size(); i++) {
            if (i > 0) {
                send(bodies.first(i));
            }
            for (String piece : choices.get(i).pieces(i == 0 ? settled : 0, delimiter)) {
                send(bodies.piece(i, piece));
            }
            ObjectNode last = bodies.last(i, choices.get(i).finishReason());
            if (i == choices.size() - 1) {
                last.set(
                        "espalier",
                        result.report(choices, models, request.events()).toJson());
            }
            send(last);
        }
        if (request.includeUsage()) {
            send(bodies.usage(result.solution().usage()));
        }
        reply.write(DONE);
        reply.end();
    }

    @Override
    public void fail(ApiException failure) throws IOException {
        send(failure.body());
        reply.end();
    }

    private void send(ObjectNode chunk) throws IOException {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(DATA);
        event.writeBytes(Json.bytes(chunk));
        event.writeBytes(END);
        reply.write(event.toByteArray());
    }
}
