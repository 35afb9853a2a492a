package org.espalier.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.UsageException;
import org.espalier.verify.ExternalVerifier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for a program of the user's that judges. */
class VerifierOptions {
    private static final Map<String, Scope> SCOPES =
            Map.of("step", Scope.STEP, "prefix", Scope.PATH, "answer", Scope.SOLUTION);

    @Option(names = "--verifier", paramLabel = "COMMAND", description = "A program that judges too: docs/verifiers.md.")
    private @Nullable String verifier;

    @Advanced
    @Option(
            names = "--verifier-scope",
            paramLabel = "WHAT",
            defaultValue = "prefix",
            description =
                    "What its scores speak of: step, prefix (all so far) or answer, which alone it is then asked about"
                            + " (default: ${DEFAULT-VALUE}).")
    private String scope = "prefix";

    @Advanced
    @Option(
            names = "--verifier-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "For each of its answers (default: 30s).")
    private @Nullable Duration timeout;

    /** Whether there is one. */
    final boolean isVerified() {
        return verifier != null;
    }

    /** @throws UsageException if there is one, where nothing would ask it */
    final void requireNoVerifier(String where) {
        if (verifier != null) {
            throw new UsageException("--verifier is not for " + where);
        }
    }

    /**
     * Starts the program; null if none is named.
     *
     * @throws UsageException if it does not run
     */
    final @Nullable ExternalVerifier openVerifier() {
        Scope speaksOf = SCOPES.get(scope.toLowerCase(Locale.ROOT));
        if (speaksOf == null) {
            throw new UsageException("--verifier-scope %s is unknown: choose step, prefix or answer".formatted(scope));
        }
        Duration most = Objects.requireNonNullElse(timeout, ExternalVerifier.USUAL_TIMEOUT);
        if (most.isZero()) {
            throw new UsageException("--verifier-timeout must be more than 0");
        }
        return verifier == null ? null : ExternalVerifier.open(verifier, speaksOf, most);
    }

    /** What the records of a run depend on. */
    void describe(RunRecord record) {
        record.put("verifier", verifier);
        record.put("verifierScope", verifier == null ? null : scope);
    }
}
