package org.espalier.code;

import java.util.List;

/** No choice at all: what one sample would give. */
final class FirstDrawn implements ProgramChoice.Way {
    @Override
    public List<ProgramGroup> groups(List<Tried> programs) {
        return programs.stream()
                .map(program -> new ProgramGroup(List.of(program), -program.index()))
                .toList();
    }
}
