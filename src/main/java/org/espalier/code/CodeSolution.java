package org.espalier.code;

import java.util.List;
import org.espalier.search.Solution;
import org.jspecify.annotations.Nullable;

/**
 * What came of a task.
 *
 * @param search that drew the programs
 * @param programs all that were drawn, in their order
 * @param chosen null if no reply has a program
 * @param choice the way in which it was chosen
 * @param groups of that way, the heaviest first
 * @param passedAll whether the chosen program passes all given tests
 * @param writtenTests that the policy wrote; empty if it was not asked
 * @param distinct how many different programs were drawn
 * @param refuted paths that were cut off while they were written, because no right program could follow
 * @param runs of programs
 * @param cpuSeconds of processor time that the programs took
 */
public record CodeSolution(
        Solution search,
        List<Tried> programs,
        @Nullable Tried chosen,
        ProgramChoice choice,
        List<ProgramGroup> groups,
        boolean passedAll,
        List<String> writtenTests,
        int distinct,
        int refuted,
        int runs,
        double cpuSeconds) {
    /** Why the chosen program was chosen over the others, in a few words. */
    public String reason() {
        Tried one = chosen;
        if (one == null) {
            return "no reply has a program";
        }
        if (passedAll) {
            String mended = one.repairs() == 0 ? "" : ", mended %d times".formatted(one.repairs());
            return "it passes all given tests" + mended;
        }
        if (programs.size() == 1) {
            return "it is the only one";
        }
        boolean tests = !one.given().checks().isEmpty();
        TestRun run = one.written();
        int alike = groups.get(0).drawn();
        if (choice == ProgramChoice.ALL && !tests) {
            return run == null || run.checks().isEmpty()
                    ? "there are no tests, so that nothing tells it from the others"
                    : "%d of %d programs behave alike and pass %d of the %d tests that the policy wrote"
                            .formatted(
                                    alike,
                                    ProgramGroup.drawn(programs),
                                    run.passed(),
                                    run.checks().size());
        }
        return choice.reason();
    }
}
