package org.espalier.code;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a program did with its tests.
 *
 * @param checks one for each test, in their order
 * @param status how the program ended
 * @param failure what went wrong with the program as a whole, in a few lines; null if nothing did
 * @param cpuSeconds of processor time of the program
 * @param wallSeconds from its start to its end
 */
public record TestRun(
        List<Check> checks, Status status, @Nullable String failure, double cpuSeconds, double wallSeconds) {
    /** How a program ended. */
    public enum Status {
        /** It could be called to the end. */
        RAN,
        /** It does not compile, or fails before anything is called. */
        BROKEN,
        /** It took too much time. */
        TIME,
        /** It took too much memory. */
        MEMORY,
        /** It wrote too much, or had too many processes. */
        OUTPUT,
        /** It ended by itself before its time. */
        ENDED
    }

    /**
     * A test.
     *
     * @param text of it
     * @param why it failed; null if it passed
     * @param value that it gave, as a text that is the same for equal values; null if none was asked for
     */
    public record Check(
            String text,
            boolean passed,
            @Nullable String why,
            @Nullable String value) {}

    public TestRun {
        checks = List.copyOf(checks);
    }

    public int passed() {
        return (int) checks.stream().filter(Check::passed).count();
    }

    /** Whether there are tests, and all pass. */
    public boolean passedAll() {
        return !checks.isEmpty() && passed() == checks.size();
    }

    /** How many of the tests pass, 0 to 1; 0 without tests. */
    public double share() {
        return checks.isEmpty() ? 0 : (double) passed() / checks.size();
    }

    /** The first test that fails. */
    public Optional<Check> firstFailure() {
        return checks.stream().filter(check -> !check.passed()).findFirst();
    }
}
