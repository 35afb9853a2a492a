package org.espalier.server;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.espalier.code.CodeListener;
import org.espalier.code.TestRun;
import org.espalier.model.Meter;
import org.espalier.search.SearchListener;
import org.espalier.search.SearchNode;

/** What happens in a search, on the search's threads, until its client is told of it on the request's. */
final class ClientInbox {
    private final SearchClient client;
    /** Empty for the end. */
    private final BlockingQueue<Optional<ClientEvent>> events = new LinkedBlockingQueue<>();

    /** An event or a piece of text for a client. */
    private interface ClientEvent {
        void tell(SearchClient client) throws IOException;
    }

    ClientInbox(SearchClient client) {
        this.client = client;
    }

    private void add(ClientEvent event) {
        events.add(Optional.of(event));
    }

    /** Hears what the client wants to know of the search. */
    SearchListener search() {
        if (!client.wantsEvents() && !client.wantsText() && client.likeliestTokens() < 0) {
            return SearchListener.NONE;
        }
        Drafts drafts =
                client.wantsDrafts() ? new Drafts(written -> add(to -> to.drafts(written)), System::nanoTime) : null;
        return SearchEvent.listener(
                warning -> add(to -> to.warned(warning)),
                event -> {
                    if (client.wantsEvents()) {
                        add(to -> to.event(event));
                    }
                },
                (text, tokens) -> {
                    if (client.wantsText()) {
                        add(to -> to.settled(text, tokens));
                    }
                },
                drafts,
                client.likeliestTokens());
    }

    /**
     * Hears what programs do.
     *
     * @param meter of the search
     */
    CodeListener programs(Meter meter) {
        if (!client.wantsEvents()) {
            return CodeListener.NONE;
        }
        return new CodeListener() {
            @Override
            public void ran(int slot, int repairs, SearchNode end, TestRun run) {
                SearchEvent event = SearchEvent.ran(
                        end, meter.elapsed().toMillis(), SearchEvent.ProgramOutcome.of(slot, repairs, run));
                add(to -> to.event(event));
            }
        };
    }

    /** The search has ended. */
    void end() {
        events.add(Optional.empty());
    }

    /**
     * Tells the client what happens until the search has ended.
     *
     * @throws IOException if the client cannot be told
     */
    void tell() throws IOException, InterruptedException {
        while (true) {
            Optional<ClientEvent> event = events.poll(SearchClient.HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
            if (event == null) {
                client.stillSearching();
            } else if (event.isPresent()) {
                event.get().tell(client);
            } else {
                return;
            }
        }
    }
}
