package org.espalier.server;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.espalier.model.Answer;
import org.espalier.model.DrawnToken;
import org.espalier.model.Warning;
import org.espalier.search.Solution;
import org.espalier.server.Drafts.Draft;
import org.espalier.server.HistoryStore.Summary;
import org.espalier.wire.SearchOutcome.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A reply whose search goes into the history when it has ended: the request, the events as they were told, the reply's text
 * and the report. What cannot be kept is still answered.
 */
final class KeptReply implements SolveReply {
    private static final Logger LOG = LoggerFactory.getLogger(KeptReply.class);
    /** A search of more is not kept. */
    private static final int MOST_EVENTS = 200_000;

    private final SolveReply reply;
    private final SolveRequest request;
    private final ObjectNode body;
    private final HistoryStore history;
    private final Clock clock;
    private final List<SearchEvent> events = new ArrayList<>();

    /** @param body of the request */
    KeptReply(SolveReply reply, SolveRequest request, ObjectNode body, HistoryStore history, Clock clock) {
        this.reply = reply;
        this.request = request;
        this.body = body;
        this.history = history;
        this.clock = clock;
    }

    @Override
    public boolean wantsEvents() {
        return true;
    }

    @Override
    public boolean wantsDrafts() {
        return reply.wantsDrafts();
    }

    @Override
    public boolean wantsText() {
        return reply.wantsText();
    }

    @Override
    public int likeliestTokens() {
        return reply.likeliestTokens();
    }

    @Override
    public void accepted() throws IOException {
        reply.accepted();
    }

    @Override
    public void event(SearchEvent event) throws IOException {
        if (events.size() <= MOST_EVENTS) {
            events.add(event);
        }
        reply.event(event);
    }

    @Override
    public void warned(Warning warning) throws IOException {
        reply.warned(warning);
    }

    @Override
    public void drafts(List<Draft> drafts) throws IOException {
        reply.drafts(drafts);
    }

    @Override
    public void settled(String text, List<DrawnToken> tokens) throws IOException {
        reply.settled(text, tokens);
    }

    @Override
    public void stillQueued() throws IOException {
        reply.stillQueued();
    }

    @Override
    public void stillSearching() throws IOException {
        reply.stillSearching();
    }

    /** Keeps it first: a client that has its answer may ask for the history at once. */
    @Override
    public void finish(SearchResult result, List<Model> models) throws IOException {
        if (events.size() <= MOST_EVENTS) {
            try {
                keep(result, models);
            } catch (IOException e) {
                LOG.warn("a run cannot be kept in the history: {}", e.getMessage());
            }
        }
        reply.finish(result, models);
    }

    private void keep(SearchResult result, List<Model> models) throws IOException {
        Solution solution = result.solution();
        Finished finished = result.finished(request, models, true);
        String text = finished.choices().get(0).text();
        Answer answer = solution.answer();
        WrittenProgram program = result.program();
        ObjectNode run = Json.MAPPER.createObjectNode();
        run.set("request", body);
        run.put("text", text);
        run.set("report", finished.report());
        run.set("events", Json.MAPPER.valueToTree(events));
        long now = clock.millis();
        history.keep(
                new Summary(
                        HistoryStore.newId(now),
                        now,
                        ModelName.chosen(request.model()),
                        request.search().problem().text(),
                        solution.method().cliName(),
                        solution.config().n(),
                        program != null ? program.inWords() : answer == null ? null : answer.text(),
                        solution.usage().wallMillis(),
                        text),
                run);
    }

    @Override
    public void fail(ApiException failure) throws IOException {
        reply.fail(failure);
    }
}
