/**
 * Puzzles that are checked exactly, the way to a solution too: seeded generators, solvers, and what reads problems and answers.
 *
 * <pre>
 *   PuzzleKind ── generate(random, level) ──► Puzzle ── text() ──► a problem
 *        │    ◄── read(text) ───────────────────┘  │
 *        │                                         ├─ isSolvedBy(answer)   the checker
 *        └─ answers()   what a reply answers       └─ mayFollow(lines)     refutes what no solution can follow
 *                                                         ▲
 *   PuzzleVerifier ───────────────────────────────────────┘  a model.Verifier of both
 * </pre>
 *
 * <p>What refutes is sound: there is no solution below a refuted line, in the form that the kind's instruction asks for; and
 * complete: below what is not refuted there is one. Prose between the lines of that form is passed over.
 *
 * <p>Imports model. Puzzles are immutable, and safe for use by several threads.
 */
@Internal
@NullMarked
package org.espalier.puzzle;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
