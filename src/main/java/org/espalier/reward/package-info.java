/**
 * Policies and process reward models over the lanes of an {@link org.espalier.engine.Engine}: what speaks prompts and
 * profiles.
 *
 * <pre>
 *   EnginePolicy, ThinkingPolicy                       implement model.Policy
 *   EnginePrm       a score read after each step       implement model.ProcessRewardModel
 *   OutcomeModel    a score read after the solution
 *   GenerativePrm   a verdict read after a critique that it writes ({@code Critique})
 *   ImplicitPrm     two lanes read the same tokens, and the score is a ratio
 *   LikelihoodJudge, SelfJudge                         language models that were not trained to judge
 *        │ text ─► tokens, by prompt and prm
 *        ▼
 *   engine.Lane: open, append, generate, score, read
 * </pre>
 *
 * <p>A PRM has a lane of its own: its sequences mirror the policy's tree in its own format and vocabulary, and the two exchange
 * text. A path that does not fit into the PRM's context has no score ({@link Double#NaN}), and neither have its steps.
 *
 * <p>Called on the engine's thread alone, where the futures complete as well; made on any. May import engine, prm, prompt and
 * model. Called by the composition root; the search sees only the ports of {@code model}.
 */
@Internal
@NullMarked
package org.espalier.reward;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
