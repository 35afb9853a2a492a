package org.espalier.search;

import java.util.List;
import org.espalier.model.Completion;

/**
 * A completion's part in the election of the answer.
 *
 * @param completion what votes
 * @param node id of its last node in the tree
 * @param index its place among the n, from 0
 * @param counts whether it votes; an unfinished one does not
 */
public record Ballot(Completion completion, int node, int index, boolean counts) {
    /** Those with indices from {@code first} to before {@code end}. */
    static List<Ballot> inRange(List<Ballot> ballots, int first, int end) {
        return ballots.stream()
                .filter(ballot -> ballot.index >= first && ballot.index < end)
                .toList();
    }
}
