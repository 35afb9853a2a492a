/**
 * The HTTP server: OpenAI's endpoints, in front of one engine that all clients share.
 *
 * <pre>
 *  EspalierServer ─► Router ─► RequestReader ─► SolveRequest
 *                      │                             │
 *                      │                         Searches ─► Turnstile (a bounded queue), then a Backend's Solver
 *                      │                             │
 *                      └─ WholeReply · StreamedReply ◄┘  events, then the Solution
 * </pre>
 *
 * <p>Called by {@code cli}, which brings the {@link org.espalier.server.Backend}. Imports {@code search}, {@code model},
 * Jackson, slf4j and the JDK's HTTP server, which nobody else uses.
 *
 * <p>Every request has a thread of its own from reading to answering. Searches run on the policy's thread; what a listener
 * hears there is copied into the request's inbox, so that the engine never waits for a client. A client that goes away is
 * noticed when something is written to it, at the latest a second later, and its search is then cancelled.
 */
@NullMarked
package org.espalier.server;

import org.jspecify.annotations.NullMarked;
