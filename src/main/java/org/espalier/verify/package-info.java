/**
 * Verifiers in a search: what judges steps beside, or in the place of, a reward model.
 *
 * <pre>
 *   model.Verifier ◄── ExternalVerifier     a program of the user's, which speaks the protocol of docs/verifiers.md
 *        ▲       ◄── puzzle.PuzzleVerifier  the exact checkers
 *        │       ◄── Java code of the caller's
 *   VerifierQueue    one for each: a thread, what waits for it in one batch, and what was given up
 *        ▲
 *   VerifierPrm      all of them, the cheap ones first, with a PRM if there is one: a PRM for the search
 * </pre>
 *
 * <p>Imports model, and sandbox for speaking with a process in lines. {@link org.espalier.verify.VerifierPrm} is used on the
 * policy's thread, as every PRM; verifiers are called on threads of their own.
 */
@Internal
@NullMarked
package org.espalier.verify;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
