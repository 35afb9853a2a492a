/**
 * Doubles for the ports of {@code org.espalier.model}: scripted and seeded policies and PRMs that count what they hand
 * out, refuse what the contract forbids, spend the meter as an engine would, and answer in whatever order a test wants.
 */
@NullMarked
package org.espalier.testing;

import org.jspecify.annotations.NullMarked;
