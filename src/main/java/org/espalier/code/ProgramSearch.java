package org.espalier.code;

import java.util.List;
import org.espalier.search.SearchStrategy;

/** A way to draw programs. One search; on the policy's thread. */
interface ProgramSearch extends SearchStrategy {
    /** All that came to an end, in the order of the future that {@link #run} gives. */
    List<Attempt> attempts();

    /** Paths that were cut off because no right program could follow. */
    int refuted();
}
