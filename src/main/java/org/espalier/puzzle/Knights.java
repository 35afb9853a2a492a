package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Knights, whose claims are true, and knaves, whose claims are not.
 *
 * @param people their names, each once
 * @param claims of each, in the same order
 */
record Knights(List<String> people, List<Claim> claims) implements Puzzle {
    static final int LEAST = 2;
    static final int MOST = 8;

    Knights {
        people = List.copyOf(people);
        claims = List.copyOf(claims);
    }

    @Override
    public String text() {
        String last = people.get(people.size() - 1);
        String said = people.stream()
                .map(person -> "%s said that %s.".formatted(person, claims.get(people.indexOf(person))))
                .collect(Collectors.joining(" "));
        return ("On an island live knights, who always tell the truth, and knaves, who always lie. You meet %d inhabitants:"
                        + " %s and %s. %s Who is a knight, and who is a knave?")
                .formatted(people.size(), String.join(", ", people.subList(0, people.size() - 1)), last, said);
    }

    /** All ways in which the claims fit: who are the knights. */
    List<List<String>> solutions() {
        List<List<String>> solutions = new ArrayList<>();
        for (int bits = 0; bits < 1 << people.size(); bits++) {
            List<String> knights = new ArrayList<>();
            for (int i = 0; i < people.size(); i++) {
                if ((bits >> i & 1) == 1) {
                    knights.add(people.get(i));
                }
            }
            boolean fits = true;
            for (int i = 0; i < people.size(); i++) {
                fits &= claims.get(i).holds(knights) == knights.contains(people.get(i));
            }
            if (fits) {
                solutions.add(knights);
            }
        }
        return solutions;
    }

    @Override
    public boolean isSolvedBy(String answer) {
        List<Claim.Part> parts = KnightsReader.parts(answer);
        Map<String, Boolean> said = new HashMap<>();
        parts.forEach(part -> said.put(part.person(), part.knight()));
        return said.size() == people.size() && people.stream().allMatch(said::containsKey) && leads(parts);
    }

    @Override
    public boolean mayFollow(List<String> lines) {
        return leads(lines.stream()
                .flatMap(line -> KnightsReader.step(line).stream())
                .filter(part -> people.contains(part.person()))
                .toList());
    }

    private boolean leads(List<Claim.Part> parts) {
        return solutions().stream().anyMatch(knights -> parts.stream().allMatch(part -> part.holds(knights)));
    }

    @Override
    public Optional<Written> solution() {
        return solutions().stream().findFirst().map(knights -> {
            List<String> steps = people.stream()
                    .map(person -> new Claim.Part(person, knights.contains(person)) + ".")
                    .toList();
            return new Written(steps, KnightsReader.written(steps));
        });
    }
}
