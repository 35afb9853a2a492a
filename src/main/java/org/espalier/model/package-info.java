/**
 * The values and ports that every other package speaks: what a problem, a step and a completion are, and what a search
 * asks of a policy and of a process reward model.
 *
 * <p>Imports nothing of ours; everything may import it. Records are immutable. Implementations of the ports
 * {@link org.espalier.model.Policy} and {@link org.espalier.model.ProcessRewardModel} name the one thread on which they
 * are called and complete their futures: a search runs on that thread and therefore needs no locks.
 */
@NullMarked
package org.espalier.model;

import org.jspecify.annotations.NullMarked;
