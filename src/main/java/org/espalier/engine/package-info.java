/**
 * Continuous batching over model contexts whose KV cache the search owns: a node of a search tree is a {@link
 * org.espalier.engine.Sequence}, and siblings share their prefix's cells.
 *
 * <pre>
 *   Lane.generate, Lane.score                     on the engine's thread
 *        | Sequence, waiting
 *        v
 *   Scheduler.schedule -> Batch -> ModelRunner.run -> Scheduler.postprocess -> futures
 *        |                                                  one {@link org.espalier.engine.Lane} a model
 *        v
 *   KvCache: which sequence holds which cells, what is copied, what is evicted
 * </pre>
 *
 * <p>What of a sequence is in the cache is written by the cache alone ({@code KvCache.Cells}), and what is asked of it by the
 * scheduler and its parts alone ({@code Demand}).
 *
 * <p>Branches of one sequence that draw the same tokens have the same logits ahead of them. They write into one shared
 * sequence, and each draws from its logits with its own random stream, until their draws differ ({@code Followers}).
 * What is drawn is what every branch alone would have drawn.
 *
 * <p>A step that fails, by an exception or by rows that are no numbers, ends nobody but who makes it fail: the cache is
 * emptied, and each sequence that took part is computed again alone ({@code Quarantine}). What a reader along or a caller
 * throws is its own affair ({@code PendingResults}). A lane is dead when its runner does not even compute a token in an
 * empty cache any more ({@code Recovery}); {@link org.espalier.engine.Engine#health} says so.
 *
 * <p>A decode that is being computed is abandoned for a cancelled run or a deadline only if all runs have ended that lose
 * something by it ({@code Abandonment}).
 *
 * <p>A lane knows no prompts and no profiles: {@code reward} speaks those, and what a lane is given and gives is tokens, text
 * and log-probabilities. Two lanes may be contexts over one loaded model, one of them with an adapter.
 *
 * <p>Everything runs on the one thread of {@link org.espalier.engine.Engine}, which is also where futures complete;
 * {@link org.espalier.engine.Engine#execute} brings tasks there, and a step begins only when no task is left. A search
 * that asks for all it can ask in one task is therefore batched the same way each time, and gives the same tree: if it is
 * alone. llama.cpp chooses its kernels by the number of rows, and rounds differently with each, so that a search beside
 * others sees log-probabilities and scores that differ in the last digits, and now and then another draw.
 *
 * <p>May import model alone. Called by {@code reward}, whose adapters speak for it to the search, and by the composition
 * root; {@code llama} implements its {@link org.espalier.engine.ModelRunner}.
 */
@Internal
@NullMarked
package org.espalier.engine;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
