/**
 * Espalier as a library: {@link org.espalier.Espalier} is opened with {@link org.espalier.EspalierOptions} and solves
 * problems. Beside the types of this package, the public ones are those that its methods take and return.
 */
@NullMarked
package org.espalier;

import org.jspecify.annotations.NullMarked;
