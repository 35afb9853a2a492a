/**
 * Runs programs that nobody has read, such as those that a model wrote: with no network, no files of the user, and bounds
 * on all that they use. {@link org.espalier.sandbox.Sandboxes} finds what this machine has for that; without it nothing is
 * run, unless the user says so.
 *
 * <p>Imports catalog, for where the program of its second sandbox lies, and model. Safe for use by several threads; a {@link
 * org.espalier.sandbox.SandboxedProcess} by one.
 */
@Internal
@NullMarked
package org.espalier.sandbox;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
