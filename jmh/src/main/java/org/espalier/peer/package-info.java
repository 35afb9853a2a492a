/**
 * The search's ports over a model that is asked with text and answers with text, as other programs offer one: what every
 * peer of the engine needs, whoever answers. A prefix is its text; what the peer still knows of it is the peer's affair.
 *
 * <pre>
 * Solver ─► TextPolicy ─► TextWriter ┐
 *      └─► TextPrm ───► TextJudge ┴─► javallama.JavaLlama or llamaserver.LlamaServer
 * </pre>
 *
 * <p>Called on the search's one thread, where futures complete as well.
 */
@NullMarked
package org.espalier.peer;

import org.jspecify.annotations.NullMarked;
