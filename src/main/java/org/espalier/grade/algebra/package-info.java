/**
 * Expressions and what they are worth: the exact normal form over the rationals, roots, pi, e and variables, and numbers
 * where there is none. The ground of the grader: it reads no text and knows no answer.
 *
 * <pre>
 * Expr ─► NormalForm ─► RationalFunction ─► Polynomial ─► Monomial ─► Generator
 *    └──► NumericFingerprint, Recognition
 * </pre>
 *
 * <p>Whoever computes gives an {@link org.espalier.grade.algebra.ArithmeticBudget}, which bounds the work; what the normal
 * form cannot hold is a {@link org.espalier.grade.algebra.NotExactException}. For {@code grade} and {@code grade.parse}.
 */
@Internal
@NullMarked
package org.espalier.grade.algebra;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
