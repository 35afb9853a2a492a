/**
 * The HTTP server: OpenAI's endpoints and a page, in front of one engine that all clients share.
 *
 * <pre>
 *  EspalierServer ─► Router ─► SolveRoutes ─► RequestReader ─► SolveRequest
 *                      │            │  ▲ ResponsesRequests · MessagesRequests · OllamaRequests: a chat's words for others'
 *                      │      SearchService ─► SearchCheck · Turns ─► AdmissionQueue, then ModelPool (ModelSource);
 *                      │            │          then a Backend's Solver, or for programs a ProgramService's runs
 *                      ├─ JsonReply · StreamReply ◄── ClientInbox: events and settled text; then the SearchResult
 *                      │            └─ AnswerFormat: CompletionFormat · ResponsesFormat · MessagesFormat · OllamaFormat
 *                      ├─ ModelRoutes · ResponsesRoutes ─► Responses · ScoreRoutes ─► JudgeService ─► Turns
 *                      ├─ HistoryRoutes ─► HistoryStore ◄─ KeptReply, around the reply of a search that is to be kept
 *                      ├─ EngineRoutes ─► ModelLoading ─► ModelMenu     other models in the place of those there are
 *                      └─ PageFiles, the page in src/main/resources/org/espalier/server/page:
 *
 *  app.js ─► ask.js (the form) ─► methods.js          client.js (requests and their streams)
 *     ├────► rail.js (past runs) · menu.js (models) · verdict.js (of a comparison) ─► words.js
 *     └────► pane.js ─► recording.js ─► search-tree.js     events, and the tree that they make
 *                  ├──► outline.js ─► tree-view.js ─► layout.js · zoom.js       what of it is drawn, and where
 *                  ├──► outcome.js ─► markdown.js · typeset.js · program.js   the answer;  reading.js · timeline.js   the path
 *                  └──► export.js · picture.js · hand-over.js     what leaves the page
 * </pre>
 *
 * <p>The page is plain modules without a build step. It is a client like any other: what it shows is what the stream tells,
 * and a recorded search is played with the same events. {@code scripts/vendor-page} brings its libraries.
 *
 * <p>Called by {@code cli}, which brings the {@link org.espalier.server.Backend}. Imports {@code search}, {@code code},
 * {@code model}, Jackson, slf4j and the JDK's HTTP server, which nobody else uses.
 *
 * <p>Every request has a thread of its own from reading to answering. Searches run on the policy's thread; what a listener
 * hears there is copied into the request's inbox, so that the engine never waits for a client. A client that goes away is
 * noticed when something is written to it, at the latest a second later, and its search is then cancelled.
 */
@Internal
@NullMarked
package org.espalier.server;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
