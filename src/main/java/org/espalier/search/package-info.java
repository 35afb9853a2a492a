/**
 * The papers' search algorithms, and nothing else: which branch of a solution is grown, judged, kept and cut.
 *
 * <pre>
 *                 Problem, SearchMethod, SearchConfig, Meter
 *                        │
 *                     Solver ──────────────► Solution   answer, votes, usage, tree
 *                        │                      ▲
 *   Greedy · MajorityVote · BestOfN · BeamSearch · Dvts · SpeculativeRejection · ParticleFilter · Mcts
 *   Rebase · Dora (on a Frontier) · Refine · Revise · AbMcts     one file each, as the paper has it
 *                        │
 *                  SearchContext ──► SearchTree of SearchNodes, whose NodeResources own every Prefix and Judgement
 *                    │      │  │
 *             Expansion     │  └─► RunControl ──► SearchListener    whether the run goes on, and who is told
 *              │      │     └─► PathTermination                     whether a path goes on, and what it is worth
 *  Policy.extend   PrmCache ──► ProcessRewardModel.score
 * </pre>
 *
 * <p>{@link org.espalier.search.Semantics} holds what distinguishes search-and-learn's behaviour from Espalier's own;
 * both run on the same code. {@code cli}, {@code picture}, {@code eval} and {@code server} call this package; it imports
 * {@code model} alone and needs neither a native library nor a model file.
 *
 * <p>A search runs on its policy's thread from beginning to end: everything that one task asks of the policy is batched
 * together, futures complete there, and nothing in here is locked. {@link org.espalier.search.Solver} alone may be called
 * from anywhere. A {@link org.espalier.search.Solution} and its tree do not change any more and may be read anywhere.
 */
@NullMarked
package org.espalier.search;

import org.jspecify.annotations.NullMarked;
