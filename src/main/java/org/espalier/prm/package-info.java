/**
 * What makes a language model a reward model: how a problem and its steps are laid out for it, which token it answers with
 * or which head reads its hidden states, and how that becomes a score. All of it data: {@code profiles.yaml} has those that
 * are read, {@code generative-profiles.yaml} those that write their verdicts, {@code implicit-profiles.yaml} those that are
 * two models.
 *
 * <p>Imports prompt and model. Immutable and safe for use by several threads.
 */
@Internal
@NullMarked
package org.espalier.prm;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
