package org.espalier.code;

import java.util.ArrayList;
import java.util.List;
import org.espalier.code.TestRun.Check;
import org.espalier.code.TestRun.Status;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;

/** Makes results of parts. Stateless. */
final class Runs {
    private static final int SHOWN = 200;

    private Runs() {}

    static TestRun joined(TestRun one, TestRun other) {
        List<Check> checks = new ArrayList<>(one.checks());
        checks.addAll(other.checks());
        TestRun failed = one.status() == Status.RAN ? other : one;
        return new TestRun(
                checks,
                failed.status(),
                failed.failure(),
                one.cpuSeconds() + other.cpuSeconds(),
                one.wallSeconds() + other.wallSeconds());
    }

    /** @param why the program failed; null if it ended as it should */
    static Check check(Example example, String written, @Nullable String why) {
        boolean passed = why == null && example.isGivenBy(written);
        String wrong =
                why == null ? "it writes %s instead of %s".formatted(quoted(written), quoted(example.output())) : why;
        return new Check("input " + quoted(example.input()), passed, passed ? null : wrong, written);
    }

    private static String quoted(String text) {
        return '"' + Excerpt.of(text.strip().replace("\n", "\\n"), SHOWN) + '"';
    }
}
