package org.espalier.code;

import java.util.Comparator;
import java.util.List;

/**
 * What there is, the surest first: the share of the given tests; among programs that are equal in it, CodeT's weight; then how
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
        return programs.stream()
                .filter(program -> program.given().share() == most)
                .toList();
    }
}
