package org.espalier.server;

import java.io.IOException;
import java.util.List;
import org.espalier.model.DrawnToken;
import org.espalier.model.Warning;
import org.espalier.server.Drafts.Draft;

/** The client of a search. Called on the request's thread. */
interface SearchClient {
    /** Time after which a silent search writes to its client, and so notices that the client has gone. */
    long HEARTBEAT_MILLIS = 500;

    /** Whether {@link #event} and {@link #warned} are to be called. */
    boolean wantsEvents();

    /** Whether {@link #drafts} is to be called. */
    boolean wantsDrafts();

    /** Whether {@link #settled} is to be called. */
    boolean wantsText();

    /** How many of the likeliest tokens are to be known for each place of the text; negative if not even its tokens are. */
    int likeliestTokens();

    /** The request has been accepted, and waits for its turn. */
    void accepted() throws IOException;

    void event(SearchEvent event) throws IOException;

    /** There is something to say of the problem before it is solved. */
    void warned(Warning warning) throws IOException;

    /** Steps that are not complete go on with these texts. */
    void drafts(List<Draft> drafts) throws IOException;

    /**
     * The answer goes on with this text, whatever else happens.
     *
     * @param tokens that it is made of, where they are to be known
     */
    void settled(String text, List<DrawnToken> tokens) throws IOException;

    /**
     * It has waited for its turn for a while.
     *
     * @throws IOException if the client has gone
     */
    void stillQueued() throws IOException;

    /**
     * The search goes on, and nothing has happened for a while.
     *
     * @throws IOException if the client has gone
     */
    void stillSearching() throws IOException;
}
