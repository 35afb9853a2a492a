package org.espalier.search;

import org.espalier.model.Completion;

/**
 * A completion's part in the election of the answer.
 *
 * @param completion what votes
 * @param node id of its last node in the tree
 * @param slot its place among the n, from 0
 * @param counts whether it votes; an unfinished one does not
 */
public record Ballot(Completion completion, int node, int slot, boolean counts) {}
