package org.espalier.code;

import org.espalier.search.SearchNode;

/**
 * A reply and what its program did.
 *
 * @param slot its place among the n
 * @param repairs how often the policy had mended it
 */
record Attempt(int slot, int repairs, SearchNode end, String program, TestRun run) {}
