package org.espalier.puzzle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.espalier.model.Answer;

/** Reads problems of knights and knaves, and what replies to them answer. Stateless. */
final class KnightsReader {
    private static final Pattern PEOPLE = Pattern.compile("inhabitants?: ([^.]+)\\.");
    private static final Pattern SAID = Pattern.compile(
            "(\\w+) (?:said|told you|claimed|stated|remarked|noted|asserted|commented|expressed)(?: that|,|:)? [\"“]?([^.\"“”]+?)[.,]?[\"”]?\\.?(?=\\s|$)(?<=[.\"”])");
    private static final Pattern PART = Pattern.compile("(?i)(\\w+) is (?:not )?an? (?:knight|knave)");
    /** With whatever a policy puts before a line. */
    private static final Pattern STEP =
            Pattern.compile("(?i)[\\W\\d_]*(?:step \\d+\\W+)?(\\w+ is (?:not )?an? (?:knight|knave))\\W*");

    private KnightsReader() {}

    static Optional<Knights> puzzle(String problem) {
        Matcher listed = PEOPLE.matcher(problem);
        if (!listed.find()) {
            return Optional.empty();
        }
        List<String> people = Arrays.stream(listed.group(1).split(",? and |, "))
                .map(String::strip)
                .distinct()
                .toList();
        Map<String, Claim> claims = new TreeMap<>();
        Matcher said = SAID.matcher(problem);
        while (said.find()) {
            Optional<Claim> claim = Claim.parse(said.group(2).strip());
            if (claim.isEmpty()
                    || claims.put(said.group(1), claim.get()) != null
                    || !claim.get().parts().stream().map(Claim.Part::person).allMatch(people::contains)) {
                return Optional.empty();
            }
        }
        boolean whole = people.size() >= Knights.LEAST
                && people.size() <= Knights.MOST
                && claims.size() == people.size()
                && claims.keySet().containsAll(people);
        return whole
                ? Optional.of(
                        new Knights(people, people.stream().map(claims::get).toList()))
                : Optional.empty();
    }

    /** A line that says what somebody is, and nothing else. */
    static Optional<Claim.Part> step(String line) {
        Matcher step = STEP.matcher(line);
        return step.matches() ? Claim.Part.parse(step.group(1)) : Optional.empty();
    }

    /** All that an answer says of people. */
    static List<Claim.Part> parts(String answer) {
        List<Claim.Part> parts = new ArrayList<>();
        Matcher part = PART.matcher(answer);
        while (part.find()) {
            Claim.Part.parse(part.group()).ifPresent(parts::add);
        }
        return parts;
    }

    /** What a reply states, else all its lines that say what somebody is. */
    static Optional<Answer> answer(String reply) {
        Optional<String> stated =
                StatedAnswer.in(reply).filter(text -> !parts(text).isEmpty());
        if (stated.isPresent()) {
            return stated.map(text -> new Answer(text, key(parts(text)), true));
        }
        List<String> steps =
                reply.lines().filter(line -> step(line).isPresent()).toList();
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        String written = written(steps);
        // More lines may follow: that it is the answer is not said.
        return Optional.of(new Answer(written, key(parts(written)), false));
    }

    /** Lines as a sentence. */
    static String written(List<String> steps) {
        return steps.stream()
                .flatMap(line -> step(line).stream())
                .map(Claim.Part::toString)
                .collect(Collectors.joining(", "));
    }

    private static String key(List<Claim.Part> parts) {
        return parts.stream()
                .map(part -> part.toString().toLowerCase(Locale.ROOT))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
    }
}
