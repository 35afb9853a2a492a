/**
 * Answer extraction and mathematical equivalence: finds the final answer in a completion, decides whether two answers
 * mean the same, and names the group an answer votes in.
 *
 * <pre>
 * completion ─► AnswerExtractor ─► "\frac{3}{4}" ─► Markup ─► Phrases ─► parse.Parser ─► algebra.Expr
 *                                                                                           │
 *                       key ◄─ KeyWriter ◄─ algebra: NormalForm, else Recognition, else NumericFingerprint
 * </pre>
 *
 * <p>Three floors: {@code algebra} at the ground, {@code parse} on it, and here what an answer is. Pure functions on
 * strings. Search and evaluation call it for every completion; {@code cli} and {@code server} may. All public types are immutable or stateless, and safe on any thread. No input makes them
 * throw, and length, depth, exponents and total arithmetic are bounded, so none makes them hang.
 *
 * <p>The behaviour follows the graders of search-and-learn ({@code qwen_math_parser}) and of the MATH paper where they
 * agree with mathematics; each difference is named where it is made.
 */
@Internal
@NullMarked
package org.espalier.grade;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
