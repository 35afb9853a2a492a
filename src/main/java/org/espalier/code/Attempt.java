package org.espalier.code;

import java.util.List;
import org.espalier.code.TestRun.Status;
import org.espalier.search.SearchNode;

/**
 * A reply and what its program did.
 *
 * @param slot its place among the n
 * @param repairs how often the policy had mended it
 */
record Attempt(int slot, int repairs, SearchNode end, String program, TestRun run) {
    /** What came of a reply without a program. */
    static final TestRun NO_PROGRAM = new TestRun(List.of(), Status.BROKEN, "the reply has no program", 0, 0);
}
