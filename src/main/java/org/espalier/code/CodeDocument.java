package org.espalier.code;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.espalier.code.TestRun.Check;
import org.espalier.search.Usage;
import org.jspecify.annotations.Nullable;

/**
 * A solution as a JSON document.
 *
 * @param program that was chosen; null if no reply has one
 * @param solved whether it passes all given tests; null if there are none
 * @param choice in which way it was chosen
 * @param reason of the choice, for people
 * @param tests what the chosen program did with the given ones
 * @param writtenTests what it did with those that the policy wrote
 * @param groups of programs between which was chosen, the heaviest first
 * @param drawn how many programs were drawn, and distinct how many are different
 * @param refuted paths that were cut off while they were written, because no right program could follow
 * @param runs of programs, which took so much processor time
 */
public record CodeDocument(
        String language,
        @Nullable String program,
        @Nullable Boolean solved,
        String choice,
        String reason,
        @Nullable String failure,
        List<Check> tests,
        List<Check> writtenTests,
        List<Group> groups,
        int drawn,
        int distinct,
        int refuted,
        int runs,
        double cpuSeconds,
        String sandbox,
        String stoppedBy,
        Usage usage) {
    /**
     * Programs that do the same.
     *
     * @param slots which of the drawn ones they are, from 0
     * @param passed given tests that the first of them passes
     */
    public record Group(
            List<Integer> slots,
            double weight,
            int passed,
            int tests,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer repairs) {}

    /** The document of a solution. */
    public static CodeDocument of(CodeSolution solution, CodeTask task, String sandbox) {
        Tried chosen = solution.chosen();
        TestRun written = chosen == null ? null : chosen.written();
        return new CodeDocument(
                task.language().name(),
                chosen == null ? null : chosen.program(),
                task.given().isEmpty() ? null : solution.passedAll(),
                solution.choice().cliName(),
                solution.reason(),
                chosen == null ? null : chosen.given().failure(),
                chosen == null ? List.of() : chosen.given().checks(),
                written == null ? List.of() : written.checks(),
                solution.groups().stream().map(CodeDocument::group).toList(),
                solution.programs().size(),
                solution.distinct(),
                solution.refuted(),
                solution.runs(),
                solution.cpuSeconds(),
                sandbox,
                solution.search().stoppedByName(),
                solution.search().usage());
    }

    private static Group group(ProgramGroup group) {
        Tried first = group.members().get(0);
        return new Group(
                group.members().stream().map(Tried::index).distinct().toList(),
                group.weight(),
                first.given().passed(),
                first.given().checks().size(),
                first.repairs() == 0 ? null : first.repairs());
    }
}
