/**
 * Doubles for the ports of {@code org.espalier.model}: scripted and seeded policies and PRMs that count what they hand
 * out, refuse what the contract forbids, spend the meter as an engine would, and answer in whatever order a test wants.
 *
 * <p>They need nothing but Espalier and are published for the tests of a search algorithm, verifier or answer reader of
 * one's own: {@code org.espalier:espalier} with {@code <type>test-jar</type>} and {@code <scope>test</scope>}.
 */
@NullMarked
package org.espalier.testing;

import org.jspecify.annotations.NullMarked;
