/**
 * What kinds of problems there are: how one is put to a policy, how its answer is read, when an answer is right, and which
 * verifiers judge the way to it. {@link org.espalier.domain.Domain} is what {@code --domain} names; programs, which are
 * drawn and run in a way of their own, are in {@code code}.
 *
 * <p>Imports grade and puzzle, which know how; and model. Everything is immutable and safe for use by several threads.
 */
@Internal
@NullMarked
package org.espalier.domain;

import org.espalier.model.Internal;
import org.jspecify.annotations.NullMarked;
