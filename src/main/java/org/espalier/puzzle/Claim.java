package org.espalier.puzzle;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What somebody says about who is a knight.
 *
 * @param link between the parts; {@link Link#ALONE} for one part
 * @param parts one or more; two for an implication or an equivalence
 */
record Claim(Link link, List<Part> parts) {
    /** How parts are linked. */
    enum Link {
        ALONE,
        AND,
        OR,
        /** If the first, then the second. */
        IF,
        /** The first if and only if the second. */
        IFF
    }

    /** That somebody is a knight, or a knave. */
    record Part(String person, boolean knight) {
        private static final Pattern TEXT = Pattern.compile("(?i)(\\w+) is (not )?an? (knight|knave)");

        static Optional<Part> parse(String text) {
            Matcher part = TEXT.matcher(text.strip());
            return part.matches()
                    ? Optional.of(new Part(
                            part.group(1),
                            part.group(3).toLowerCase(Locale.ROOT).equals("knight") == (part.group(2) == null)))
                    : Optional.empty();
        }

        boolean holds(List<String> knights) {
            return knights.contains(person) == knight;
        }

        @Override
        public String toString() {
            return person + " is a " + (knight ? "knight" : "knave");
        }
    }

    private static final Pattern IF = Pattern.compile("(?i)if (.+?),? then (.+)");
    private static final Pattern IFF = Pattern.compile("(?i)(.+) if and only if (.+)");

    Claim {
        parts = List.copyOf(parts);
    }

    /** Empty if a text is no claim. */
    static Optional<Claim> parse(String text) {
        Matcher iff = IFF.matcher(text);
        Matcher implied = IF.matcher(text);
        if (iff.matches()) {
            return linked(Link.IFF, List.of(iff.group(1), iff.group(2)));
        }
        if (implied.matches()) {
            return linked(Link.IF, List.of(implied.group(1), implied.group(2)));
        }
        if (text.contains(" and ")) {
            return linked(Link.AND, List.of(text.split(" and ")));
        }
        return text.contains(" or ") ? linked(Link.OR, List.of(text.split(" or "))) : linked(Link.ALONE, List.of(text));
    }

    private static Optional<Claim> linked(Link link, List<String> texts) {
        List<Part> parts =
                texts.stream().flatMap(text -> Part.parse(text).stream()).toList();
        return parts.size() == texts.size() ? Optional.of(new Claim(link, parts)) : Optional.empty();
    }

    /** Whether it is true if these are the knights. */
    boolean holds(List<String> knights) {
        boolean first = parts.get(0).holds(knights);
        return switch (link) {
            case ALONE -> first;
            case AND -> parts.stream().allMatch(part -> part.holds(knights));
            case OR -> parts.stream().anyMatch(part -> part.holds(knights));
            case IF -> !first || parts.get(1).holds(knights);
            case IFF -> first == parts.get(1).holds(knights);
        };
    }

    @Override
    public String toString() {
        return switch (link) {
            case ALONE -> parts.get(0).toString();
            case AND -> joined(" and ");
            case OR -> joined(" or ");
            case IF -> "if " + joined(" then ");
            case IFF -> joined(" if and only if ");
        };
    }

    private String joined(String between) {
        return parts.stream().map(Part::toString).collect(Collectors.joining(between));
    }
}
