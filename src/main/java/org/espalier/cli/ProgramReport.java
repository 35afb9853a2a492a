package org.espalier.cli;

import java.util.List;
import java.util.Locale;
import org.espalier.code.CodeDocument;
import org.espalier.code.CodeDocument.Group;
import org.espalier.code.TestRun.Check;
import org.espalier.model.Excerpt;
import org.espalier.search.Usage;

/** A program for a person to read: the code, what it passed, and why it was chosen. */
final class ProgramReport {
    private static final int MOST_TESTS = 8;
    private static final int MOST_GROUPS = 5;
    private static final int WIDTH = 90;

    private final Terminal terminal;

    ProgramReport(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(CodeDocument solution) {
        String program = solution.program();
        if (program == null) {
            terminal.println("@|bold No program|@: %s", noProgram(solution));
        } else {
            terminal.println("%s%n", program.strip());
            tests("tests", solution.tests());
            tests("tests that the policy wrote", solution.writtenTests());
            String failure = solution.failure();
            if (failure != null && solution.tests().isEmpty()) {
                terminal.println("@|yellow %s|@", "It fails: " + shortened(failure));
            }
            boolean solved = Boolean.TRUE.equals(solution.solved());
            terminal.println(solved ? "@|bold,green Chosen: %s|@" : "@|bold Chosen: %s|@", solution.reason());
            groups(solution);
        }
        terminal.println("@|faint %s|@", cost(solution));
        if (!solution.stoppedBy().equals("completed")) {
            terminal.println("@|yellow Stopped early by its limit: %s|@", solution.stoppedBy());
        }
    }

    private static String noProgram(CodeDocument solution) {
        return solution.drawn() == 0
                ? "nothing was written before the end; give it a larger budget or deadline"
                : "none of the %d replies has one".formatted(solution.drawn());
    }

    private void tests(String what, List<Check> checks) {
        if (checks.isEmpty()) {
            return;
        }
        long passed = checks.stream().filter(Check::passed).count();
        terminal.println("@|bold %d of %d %s passed|@", passed, checks.size(), what);
        List<Check> shown = checks.stream()
                .sorted((one, other) -> Boolean.compare(one.passed(), other.passed()))
                .limit(MOST_TESTS)
                .toList();
        for (Check check : shown) {
            if (check.passed()) {
                terminal.println("  @|green ✓|@ %s", shortened(check.text()));
            } else {
                terminal.println(
                        "  @|red ✗|@ %s @|faint (%s)|@",
                        shortened(check.text()), shortened(String.valueOf(check.why())));
            }
        }
        if (shown.size() < checks.size()) {
            terminal.println("  @|faint and %d more|@", checks.size() - shown.size());
        }
    }

    private void groups(CodeDocument solution) {
        if (solution.drawn() < 2) {
            return;
        }
        for (Group group : solution.groups().stream().limit(MOST_GROUPS).toList()) {
            String tests = group.tests() == 0 ? "" : ", %d of %d tests".formatted(group.passed(), group.tests());
            // Where the tests decide alone, no group has one.
            String weight = group.weight() > 0 ? String.format(Locale.ROOT, ", weight %.3g", group.weight()) : "";
            terminal.println(
                    "  @|faint %d %s%s%s|@",
                    group.slots().size(), group.slots().size() == 1 ? "program" : "programs alike", tests, weight);
        }
    }

    private static String shortened(String text) {
        return Excerpt.within(text.strip().replaceAll("\\s+", " "), WIDTH);
    }

    private static String cost(CodeDocument solution) {
        Usage usage = solution.usage();
        return String.format(
                Locale.ROOT,
                "%d drawn, %d different, %s%d runs in %s (%.1f CPU s), %,d policy tokens, %.1f s",
                solution.drawn(),
                solution.distinct(),
                solution.refuted() == 0 ? "" : solution.refuted() + " cut off early, ",
                solution.runs(),
                solution.sandbox().equals("none") ? "no sandbox" : solution.sandbox(),
                solution.cpuSeconds(),
                usage.policyTokens(),
                usage.wallMillis() / 1e3);
    }
}
