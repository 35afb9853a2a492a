package org.espalier.harness;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.espalier.sandbox.Sandbox;
import org.espalier.sandbox.Sandboxes;

/** The sandbox in which tests run programs. */
public final class SandboxHere {
    private SandboxHere() {}

    /** Skips the test where none works, or has it fail, if {@code ESPALIER_REQUIRE_SANDBOX} is set. */
    public static Sandbox required() {
        Sandbox found = Sandboxes.find().sandbox();
        assumeTrue(
                found != null || System.getenv("ESPALIER_REQUIRE_SANDBOX") != null,
                "skipped: bubblewrap does not work here, so that no program can be run");
        return found == null ? Sandboxes.required(false) : found;
    }
}
