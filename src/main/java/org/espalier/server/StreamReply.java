package org.espalier.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.espalier.model.DrawnToken;
import org.espalier.model.ReplyForm;
import org.espalier.model.Warning;
import org.espalier.server.Drafts.Draft;
import org.espalier.server.SolveRequest.Streaming;
import org.espalier.structure.GrammarForm;
import org.espalier.wire.SearchOutcome.Model;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers with a stream. While the search runs, it tells how that goes, as far as the protocol has a place for it. The text
 * follows as soon as it is settled: while it is written if there is only one path, otherwise at the end, a piece a step.
 */
final class StreamReply implements SolveReply {
    private static final byte[] COMMENT = ": waiting\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Reply reply;
    private final SolveRequest request;
    private final AnswerFormat format;
    private final Streaming streaming;
    private final SearchProgress progress;
    /** Characters of the first choice that the client has already. */
    private int settled;

    private int settledTokens;
    private int settledCharacters;

    StreamReply(Reply reply, SolveRequest request, AnswerFormat format) {
        this.reply = reply;
        this.request = request;
        this.format = format;
        streaming = request.streaming();
        progress = new SearchProgress(request.search());
    }

    @Override
    public boolean wantsEvents() {
        return streaming.events() || showsProgress();
    }

    private boolean showsProgress() {
        return streaming.progress() && progress.says();
    }

    @Override
    public boolean wantsDrafts() {
        return streaming.drafts();
    }

    /**
     * Not the replies that programs are cut out of. Not what is checked at its end, or may turn out to be a call.
     */
    @Override
    public boolean wantsText() {
        ReplyForm form = request.search().problem().form();
        return request.search().program() == null && (form == null || form instanceof GrammarForm);
    }

    @Override
    public int likeliestTokens() {
        return request.logprobs();
    }

    @Override
    public void accepted() throws IOException {
        reply.begin(format.framing().contentType());
        send(format.begin());
        if (showsProgress()) {
            send(format.think(progress.beginning()));
        }
    }

    @Override
    public void event(SearchEvent event) throws IOException {
        if (streaming.events()) {
            send(format.tell(Json.MAPPER.valueToTree(event)));
        }
        Optional<String> line = showsProgress() ? progress.line(event) : Optional.empty();
        if (line.isPresent()) {
            send(format.think(line.get()));
        }
    }

    @Override
    public void warned(Warning warning) throws IOException {
        if (streaming.events()) {
            send(format.tell(Json.MAPPER
                    .createObjectNode()
                    .put("event", "warned")
                    .put("code", warning.code())
                    .put("message", warning.message())));
        }
    }

    @Override
    public void drafts(List<Draft> drafts) throws IOException {
        ObjectNode event = Json.MAPPER.createObjectNode().put("event", "writing");
        event.set("drafts", Json.MAPPER.valueToTree(drafts));
        send(format.tell(event));
    }

    @Override
    public void settled(String text, List<DrawnToken> tokens) throws IOException {
        ReplyTokens told = request.tellsTokens() ? new ReplyTokens(tokens, settledCharacters) : null;
        send(format.write(0, text, told));
        settled += text.length();
        if (told != null) {
            settledTokens += tokens.size();
            settledCharacters += told.characters();
        }
    }

    @Override
    public void stillQueued() throws IOException {
        ping();
    }

    @Override
    public void stillSearching() throws IOException {
        ping();
    }

    private void ping() throws IOException {
        Optional<StreamPiece> ping = format.ping();
        reply.write(ping.isPresent() ? format.framing().frame(ping.get()) : COMMENT);
    }

    @Override
    public void finish(SearchResult result, List<Model> models) throws IOException {
        Finished finished = result.finished(request, models, streaming.events());
        List<Choice> choices = finished.choices();
        String delimiter = request.search().config().delimiter();
        for (int i = 0; i < choices.size(); i++) {
            if (i > 0) {
                send(format.open(i));
            }
            List<String> pieces = choices.get(i).pieces(i == 0 ? settled : 0, delimiter);
            ReplyTokens tokens = finished.tokens(i);
            write(i, pieces, tokens == null ? null : tokens.after(i == 0 ? settledTokens : 0));
            send(format.close(i, finished));
        }
        send(format.end(finished));
        if (format.marksEnd()) {
            reply.write(DONE);
        }
        reply.end();
    }

    private void write(int choice, List<String> pieces, @Nullable ReplyTokens tokens) throws IOException {
        ReplyTokens left = tokens;
        for (int i = 0; i < pieces.size(); i++) {
            boolean last = i == pieces.size() - 1;
            String piece = pieces.get(i);
            ReplyTokens told = left == null || last ? left : left.first(piece.getBytes(StandardCharsets.UTF_8).length);
            send(format.write(choice, piece, told));
            left = left == null || told == null
                    ? null
                    : left.after(told.tokens().size());
        }
    }

    @Override
    public void fail(ApiException failure) throws IOException {
        send(List.of(format.failure(failure)));
        reply.end();
    }

    private void send(List<StreamPiece> pieces) throws IOException {
        if (pieces.isEmpty()) {
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        pieces.forEach(piece -> bytes.writeBytes(format.framing().frame(piece)));
        reply.write(bytes.toByteArray());
    }
}
