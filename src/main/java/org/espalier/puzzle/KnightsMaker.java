package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.espalier.puzzle.Claim.Link;
import org.espalier.puzzle.Claim.Part;

/** Draws puzzles of knights and knaves that have one solution. Stateless. */
final class KnightsMaker {
    private static final List<Link> LINKS = List.of(Link.values());
    private static final List<String> NAMES = List.of(
            "Ada", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Ida", "Jack", "Kira", "Leo", "Mia",
            "Noah", "Olive", "Paul", "Rosa", "Sam", "Tara", "Victor", "Wilma", "Zoe");

    private KnightsMaker() {}

    static Knights draw(Random random, int count) {
        while (true) {
            List<String> names = new ArrayList<>(NAMES);
            Collections.shuffle(names, random);
            List<String> people = names.subList(0, count);
            List<Claim> claims = people.stream()
                    .map(speaker -> claim(random, people, speaker))
                    .toList();
            Knights puzzle = new Knights(people, claims);
            if (puzzle.solutions().size() == 1) {
                return puzzle;
            }
        }
    }

    private static Claim claim(Random random, List<String> people, String speaker) {
        Link link = LINKS.get(random.nextInt(LINKS.size()));
        List<String> others = new ArrayList<>(people);
        others.remove(speaker);
        Collections.shuffle(others, random);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(others.get(0), random.nextBoolean()));
        if (link != Link.ALONE) {
            // Two people may talk of themselves alone.
            String second = others.size() > 1 && random.nextBoolean() ? others.get(1) : speaker;
            parts.add(random.nextInt(parts.size() + 1), new Part(second, random.nextBoolean()));
        }
        return new Claim(link, parts);
    }
}
