package org.espalier.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.stream.Stream;
import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;

/** The sandboxes in which tests run programs. */
public final class SandboxHere {
    private SandboxHere() {}

    /** Skips the test where none works, or has it fail, if {@code ESPALIER_REQUIRE_SANDBOX} is set. */
    public static Sandbox required() {
        Sandboxes.Finding found = Sandboxes.find();
        assumeTrue(
                found.sandbox() != null || System.getenv("ESPALIER_REQUIRE_SANDBOX") != null,
                () -> "skipped: no sandbox works here, so that no program can be run: " + found.lack());
        return found.sandbox() == null ? Sandboxes.required(false) : found.sandbox();
    }

    /** The names of all kinds, for tests that each of them must pass. */
    public static Stream<String> names() {
        return Sandboxes.names().stream();
    }

    /** Skips the test where this one does not work, and says why. */
    public static Sandbox required(String name) {
        Sandboxes.Finding found = Sandboxes.find(name);
        assumeTrue(
                found.sandbox() != null || System.getenv("ESPALIER_REQUIRE_SANDBOX") != null,
                () -> "skipped: %s does not work here: %s".formatted(name, found.lack()));
        if (found.sandbox() == null) {
            throw new IllegalStateException(found.lack());
        }
        return found.sandbox();
    }
}
