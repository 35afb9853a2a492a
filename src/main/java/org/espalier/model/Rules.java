package org.espalier.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a set of values, so that a caller learns all of it at once. */
@Internal
public final class Rules {
    private final List<Violation> violations = new ArrayList<>();

    /**
     * States a rule.
     *
     * @param holds whether the values keep it
     * @param parameter that breaks it otherwise
     * @param format of the sentence that then says so; its first argument is the parameter
     * @param others arguments after it
     */
    public Rules require(boolean holds, String parameter, String format, @Nullable Object... others) {
        if (!holds) {
            violations.add(Violation.of(parameter, format, others));
        }
        return this;
    }

    /** What has been found so far. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** @throws UsageException with all that has been found, if there is anything */
    public void check() {
        check(violations);
    }

    /** @throws UsageException with these violations, if there are any */
    public static void check(List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw new UsageException(violations);
        }
    }
}
