/**
 * Whole searches, over the engine and over its peers: the same search code, problems, seeds and limits.
 */
@NullMarked
package org.espalier.bench;

import org.jspecify.annotations.NullMarked;
