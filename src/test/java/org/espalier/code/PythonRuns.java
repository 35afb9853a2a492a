package org.espalier.code;

import java.util.Objects;
import org.espalier.harness.SandboxHere;
import org.espalier.sandbox.Limits;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs of Python programs in this machine's sandbox, for all tests of a class. */
final class PythonRuns implements BeforeAllCallback, AfterAllCallback {
    private final int atOnce;
    private @Nullable ProgramRuns runs;

    /** @param atOnce programs at a time */
    PythonRuns(int atOnce) {
        this.atOnce = atOnce;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        runs = ProgramRuns.open(Language.parse("python"), SandboxHere.required(), Limits.USUAL.withSeconds(20), atOnce);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (runs != null) {
            runs.close();
        }
    }

    ProgramRuns get() {
        return Objects.requireNonNull(runs);
    }
}
