package org.espalier.model;

import java.util.List;
import java.util.stream.Collectors;

/** The caller asked for something that cannot be: a parameter out of range or two that exclude each other. */
public final class UsageException extends EspalierException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public UsageException(String message) {
        super(message);
        violations = List.of();
    }

    public UsageException(Wording message) {
        super(message);
        violations = List.of();
    }

    /** @param violations one or more; the message has the sentences of all */
    public UsageException(List<Violation> violations) {
        super(together(violations));
        this.violations = List.copyOf(violations);
    }

    private static Wording together(List<Violation> violations) {
        return Wording.of(
                violations.stream().map(violation -> "%s").collect(Collectors.joining("; ")),
                violations.stream().map(Violation::rule).toArray());
    }

    /** The rules that are broken; empty if the message alone says what is wrong. */
    public List<Violation> violations() {
        return violations;
    }
}
