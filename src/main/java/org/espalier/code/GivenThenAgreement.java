package org.espalier.code;

import java.util.Comparator;
import java.util.List;
import org.espalier.code.TestRun.Status;

/**
 * What there is, the surest first: the share of the given tests; among programs that are equal in it, those that could be run to the end; CodeT's weight; then how
 * many give the same values. Groups are of programs that are equal in all of these.
 */
final class GivenThenAgreement implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        List<Tried> best = best(programs);
        List<ProgramGroup> agreed = new CodeT().groups(best);
        double most = agreed.stream().mapToDouble(ProgramGroup::weight).max().orElse(0);
        List<Tried> finalists = agreed.stream()
                .filter(group -> group.weight() == most)
                .flatMap(group -> group.members().stream())
                .sorted(Comparator.comparingInt(Tried::index))
                .toList();
        return new Consensus().groups(finalists);
    }

    private static List<Tried> best(List<Tried> programs) {
        double most = programs.stream()
                .mapToDouble(program -> program.given().share())
                .max()
                .orElse(0);
        List<Tried> equal = programs.stream()
                .filter(program -> program.given().share() == most)
                .toList();
        List<Tried> working = equal.stream()
                .filter(program -> program.given().status() == Status.RAN)
                .toList();
        return working.isEmpty() ? equal : working;
    }
}
