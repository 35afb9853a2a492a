/**
 * The command line: options, the screen while a search runs, what is printed, and the exit codes. The composition root:
 * the only package that knows all the others and puts them together.
 *
 * <p>Standard output holds results only; progress and messages go to standard error, and redraw only on a terminal.
 */
@NullMarked
package org.espalier.cli;

import org.jspecify.annotations.NullMarked;
