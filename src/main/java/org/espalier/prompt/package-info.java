/**
 * What a model is told: chat templates, the instruction that makes a policy write steps and a boxed answer, and the
 * splicing of user text into both.
 *
 * <p>Imports {@code model} only. A template writes in pieces, of which those that a conversation says are
 * tokenised without control tokens, so that what a user writes is never read as one. Everything here is immutable and safe for use by
 * several threads.
 */
@Internal
@NullMarked
package org.espalier.prompt;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
