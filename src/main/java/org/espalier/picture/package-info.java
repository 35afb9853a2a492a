/**
 * A search tree as a picture: a static SVG that shows a person who has never seen such a tree what was written, how it
 * was judged, what was cut and which path gave the answer.
 *
 * <pre>
 *   Solution ──┐
 *              ├─► RecordedTree ─► Outline ─► Cards ─► TidyLayout ─► TreePicture ─► SVG
 *   tree file ─┘                   merged,    sized    placed
 *                                  folded
 * </pre>
 *
 * <p>{@code cli} calls this package. It imports {@code search}, for the solution and the words that it shares with it,
 * and {@code model}. It knows nothing of files: {@code cli} reads and writes them. All of it is pure and may be used
 * on any thread.
 */
@Internal
@NullMarked
package org.espalier.picture;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
