package org.espalier.code;

import java.util.List;

/**
 * The share of the given tests that a program passes (Chen et al. 2021, arXiv 2107.03374, §4.3 filters by them; Li et al. 2025,
 * S*, arXiv 2502.14382, keeps the best share). Programs that pass the same share are one group.
 */
final class GivenTests implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        return ProgramGroup.by(programs, program -> program.given().share()).stream()
                .map(members -> new ProgramGroup(members, members.get(0).given().share()))
                .toList();
    }
}
