/**
 * The command line: options, the screen while a search runs, what is printed, and the exit codes. Models are opened
 * through {@link org.espalier.runtime}.
 *
 * <p>Standard output holds results only; progress and messages go to standard error, and redraw only on a terminal.
 */
@Internal
@NullMarked
package org.espalier.cli;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
