/**
 * What a model is told: chat templates, the instruction that makes a policy write steps and a boxed answer, and the
 * splicing of user text into both.
 *
 * <p>Imports {@code model} only. A template is rendered once per turn structure and its text is then spliced with
 * content, so that what a user writes is never read as a control token. Everything here is immutable and safe for use by
 * several threads.
 */
@Internal
@NullMarked
package org.espalier.prompt;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
