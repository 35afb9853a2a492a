/**
 * Continuous batching over model contexts whose KV cache the search owns: a node of a search tree is a {@link
 * org.espalier.engine.Sequence}, and siblings share their prefix's cells.
 *
 * <pre>
 *   EnginePolicy.extend, EnginePrm.score          on the engine's thread
 *        | Sequence, waiting
 *        v
 *   Scheduler.schedule -> Batch -> ModelRunner.run -> Scheduler.postprocess -> futures
 *        |                                                  one {@link org.espalier.engine.Lane} a model
 *        v
 *   KvCache: which sequence holds which cells, what is copied, what is evicted
 * </pre>
 *
 * <p>Branches of one sequence that draw the same tokens have the same logits ahead of them. They write into one common
 * sequence, and each draws from its logits with its own random stream, until their draws differ ({@code Draws}). What
 * is drawn is what every branch alone would have drawn.
 *
 * <p>A step that fails, by an exception or by rows that are no numbers, ends nobody but who makes it fail: the cache is
 * emptied, and each sequence that took part is computed again alone ({@code Quarantine}). What a reader along or a caller
 * throws is its own affair ({@code Results}). A lane is dead when its runner does not even compute a token in an empty cache
 * any more ({@code Recovery}); {@link org.espalier.engine.Engine#health} says so.
 *
 * <p>A decode that is being computed is abandoned for a cancelled run or a deadline only if all runs have ended that lose
 * something by it ({@code Abandonment}).
 *
 * <p>A PRM's lane writes as a policy's does where its verdict comes after a critique ({@link
 * org.espalier.engine.GenerativePrm}), and two lanes read the same tokens where the score is a ratio ({@link
 * org.espalier.engine.ImplicitPrm}). Two lanes may be contexts over one loaded model, one of them with an adapter.
 *
 * <p>Everything runs on the one thread of {@link org.espalier.engine.Engine}, which is also where futures complete;
 * {@link org.espalier.engine.Engine#execute} brings tasks there, and a step begins only when no task is left. A search
 * that asks for all it can ask in one task is therefore batched the same way each time, and gives the same tree: if it is
 * alone. llama.cpp chooses its kernels by the number of rows, and rounds differently with each, so that a search beside
 * others sees log-probabilities and scores that differ in the last digits, and now and then another draw.
 *
 * <p>May import prm, prompt and model. Called by the composition root; the search sees only the ports of {@code model}.
 */
@NullMarked
package org.espalier.engine;

import org.jspecify.annotations.NullMarked;
