/**
 * From text to expressions: LaTeX, plain notation, numbers in words and units.
 *
 * <pre>
 * text ─► Characters ─► LatexLexer (WordLexer, CommandLexer) ─► TokenCursor ─► Parser, TermParser, CommandParser ─► Expr
 * </pre>
 *
 * <p>One pass, without going back far: tokens, nesting and digits are bounded. What is no answer is a {@link
 * org.espalier.grade.parse.ParseException}. For {@code grade}.
 */
@Internal
@NullMarked
package org.espalier.grade.parse;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
