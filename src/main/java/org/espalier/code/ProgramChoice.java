package org.espalier.code;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.espalier.model.Nearest;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;

/** The ways in which a program is chosen among those that were drawn. */
public enum ProgramChoice {
    /** The first that was drawn. */
    FIRST("first", new FirstDrawn(), "it was drawn first"),
    /** The likeliest reply. */
    LIKELIHOOD("likelihood", new Likeliest(), "its reply is the likeliest"),
    /** The largest share of the given tests. */
    GIVEN("given", new GivenTests(), "it passes most of the given tests"),
    /** The largest group that behaves alike. */
    CONSENSUS("consensus", new Consensus(), "most programs behave as it does"),
    /** Programs and tests that agree. */
    CODET("codet", new CodeT(), "most programs pass the same written tests"),
    /** The given tests, and among those that are equal in them the group that the written tests prefer. */
    ALL("all", new GivenThenAgreement(), "it passes most of the given tests, and most that do agree with it");

    /** One way. */
    interface Way {
        /** Groups with their weights; no program is in two. */
        List<ProgramGroup> groups(List<Tried> programs);
    }

    private final String cliName;

    @SuppressWarnings("ImmutableEnumChecker") // no way keeps anything
    private final Way way;

    private final String reason;

    ProgramChoice(String cliName, Way way, String reason) {
        this.cliName = cliName;
        this.way = way;
        this.reason = reason;
    }

    /** @throws UsageException if no choice has this name */
    public static ProgramChoice parse(String name) {
        List<String> names = Arrays.stream(values()).map(ProgramChoice::cliName).toList();
        return Arrays.stream(values())
                .filter(choice -> choice.cliName.equals(name))
                .findFirst()
                .orElseThrow(() -> new UsageException(List.of(Violation.of(
                        "choose",
                        "%s %s is unknown: choose %s%s",
                        name,
                        String.join(", ", names),
                        Nearest.question(name, names)))));
    }

    public String cliName() {
        return cliName;
    }

    /** Why the chosen one was chosen, in a few words. */
    public String reason() {
        return reason;
    }

    /** The groups, the heaviest first; of equal ones the one that was drawn first. A reply without a program is in none. */
    public List<ProgramGroup> groups(List<Tried> programs) {
        List<Tried> real =
                programs.stream().filter(tried -> !tried.program().isBlank()).toList();
        return way.groups(real).stream()
                .sorted(Comparator.comparingDouble(ProgramGroup::weight).reversed())
                .toList();
    }
}
