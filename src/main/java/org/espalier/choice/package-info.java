/**
 * Multiple choice as a domain: options are compared by how likely the policy finds their letters or their words, or voted on
 * by replies. The order in which options stand is turned from prompt to prompt, so that each stands at each place: what a
 * policy has for a place cancels out, and is measured.
 *
 * <p>Imports search and model. Stateless but for what a search holds.
 */
@Internal
@NullMarked
package org.espalier.choice;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
