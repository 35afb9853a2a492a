package org.espalier.code;

import java.util.List;
import org.espalier.code.TestRun.Check;

/**
 * CodeT's dual execution agreement (Chen et al. 2022, arXiv 2207.10397, §2.2): programs that pass the same of the tests that the
 * policy wrote are one group x, and weigh |S_x| · |S_y|, the number of these programs times the number of these tests. Wrong
 * tests are harmless as long as few programs agree with them.
 */
final class CodeT implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        return ProgramGroup.by(programs, CodeT::passed).stream()
                .map(members -> new ProgramGroup(members, (double) ProgramGroup.drawn(members) * tests(members.get(0))))
                .toList();
    }

    private static int tests(Tried program) {
        TestRun written = program.written();
        return written == null ? 0 : written.passed();
    }

    private static Object passed(Tried program) {
        TestRun written = program.written();
        return written == null
                ? program.index()
                : written.checks().stream().map(Check::passed).toList();
    }
}
