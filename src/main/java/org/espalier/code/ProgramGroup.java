package org.espalier.code;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Programs that do the same, with their weight.
 *
 * @param members the first that was drawn before the others
 * @param weight the larger, the likelier they are right
 */
public record ProgramGroup(List<Tried> members, double weight) {
    public ProgramGroup {
        members = List.copyOf(members);
    }

    /** How many were drawn. */
    public int drawn() {
        return drawn(members);
    }

    /** How many of programs were drawn: a program and what it was mended to are one. */
    static int drawn(List<Tried> programs) {
        return (int) programs.stream().map(Tried::index).distinct().count();
    }

    /** The one that stands for the group: the first that was drawn, as it was mended last. */
    public Tried first() {
        return members.stream()
                .min(Comparator.comparingInt(Tried::index)
                        .thenComparing(Comparator.comparingInt(Tried::repairs).reversed()))
                .orElseThrow();
    }

    /** Groups by what programs do, in the order of their first members. */
    static List<List<Tried>> by(List<Tried> programs, Function<Tried, Object> behaviour) {
        Map<Object, List<Tried>> groups = new LinkedHashMap<>();
        for (Tried program : programs) {
            groups.computeIfAbsent(behaviour.apply(program), key -> new ArrayList<>())
                    .add(program);
        }
        return List.copyOf(groups.values());
    }
}
