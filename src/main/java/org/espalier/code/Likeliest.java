package org.espalier.code;

import java.util.List;

/** The reply with the largest mean log-probability of its tokens (Chen et al. 2021, arXiv 2107.03374, §3.3), without running it. */
final class Likeliest implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        return programs.stream()
                .map(program -> new ProgramGroup(
                        List.of(program),
                        program.tokens() == 0 ? Double.NEGATIVE_INFINITY : program.logProb() / program.tokens()))
                .toList();
    }
}
