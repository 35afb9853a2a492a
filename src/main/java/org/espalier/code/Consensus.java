package org.espalier.code;

import java.util.List;
import org.espalier.code.TestRun.Check;
import org.jspecify.annotations.Nullable;

/**
 * The largest group of programs that give the same values for the same calls: minimum Bayes risk by execution (Shi et al. 2022,
 * MBR-exec, arXiv 2204.11454, with its 0/1 loss) and the clusters of AlphaCode (Li et al. 2022, arXiv 2203.07814, §4.5). A
 * program that fails on all calls agrees with nobody.
 */
final class Consensus implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        return ProgramGroup.by(programs, Consensus::behaviour).stream()
                .map(members -> new ProgramGroup(members, worksAtAll(members.get(0)) ? ProgramGroup.drawn(members) : 0))
                .toList();
    }

    private static boolean worksAtAll(Tried program) {
        TestRun values = program.values();
        return values != null && values.passed() > 0;
    }

    /** The values, and null where the call fails; of a program without any, the program itself. */
    static Object behaviour(Tried program) {
        TestRun values = program.values();
        return values == null || values.passed() == 0
                ? program.index()
                : values.checks().stream().map(Consensus::outcome).toList();
    }

    private static String outcome(Check check) {
        @Nullable String value = check.value();
        return value == null ? "fails" : "gives " + value;
    }
}
