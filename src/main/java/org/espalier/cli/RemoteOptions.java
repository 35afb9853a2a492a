package org.espalier.cli;

import java.util.List;
import java.util.Objects;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** Options that say which server solves, if one does. */
final class RemoteOptions {
    static final String KEY_VARIABLE = "ESPALIER_API_KEY";
    /** As every server calls its first one. */
    static final String USUAL_MODEL = "default";

    /** A server has loaded its models already, and writes trees on its page only. */
    static final List<String> ONLY_HERE = List.of(
            "--policy",
            "--prm",
            "--prm-profile",
            "--prm-head",
            "--template",
            "--threads",
            "--gpu-layers",
            "--no-mmap",
            "--kv-layout",
            "--attention",
            "--context",
            "--memory",
            "--no-load-check",
            "--larger-policy",
            "--policy-adapter",
            "--prm-adapter",
            "--prm-reference",
            "--prm-samples",
            "--prm-tokens",
            "--thinking",
            "--think-tokens",
            "--waits",
            "--parity",
            "--filter-duplicates",
            "--sort-completed",
            "--delimiter",
            "--plan",
            "--budget-joules",
            "--tree",
            "--json-schema",
            "--grammar",
            "--verifier",
            "--verifier-scope",
            "--verifier-timeout",
            "--no-checker",
            "--program-seconds",
            "--unsafe-run");

    @Option(names = "--server", paramLabel = "URL", description = "Solves on the 'espalier serve' at that address.")
    @Nullable
    String url;

    @Option(names = "--model", paramLabel = "NAME", description = "Which of its models solves (default: the first).")
    private @Nullable String model;

    @Advanced
    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "The key that it asks for (default: " + KEY_VARIABLE + ").")
    private @Nullable String apiKey;

    /**
     * Which of the server's models solves.
     *
     * @throws UsageException if the name says which search as well
     */
    String model() {
        if (model != null && model.contains("@")) {
            throw new UsageException("--model is a model's name alone: choose the search with --method and -n");
        }
        return model == null ? USUAL_MODEL : model;
    }

    /** @throws UsageException if the command line names a server's model, and no server */
    void requireServer(ParseResult options) {
        if (url == null && options.hasMatchedOption("--model")) {
            throw new UsageException(
                    "--model is one of a server's: add --server, or name a model to load with --policy");
        }
    }

    /**
     * Passes if nothing is given that a server cannot be told.
     *
     * @param with the option that names servers
     * @throws UsageException if something is
     */
    static void requireNothingLocal(ParseResult options, String with) {
        for (String name : ONLY_HERE) {
            if (options.hasMatchedOption(name)) {
                throw new UsageException(name + " is for solving here: leave it out with " + with);
            }
        }
    }

    /** The key that is given, else that of the environment; null without either. */
    static @Nullable String key(@Nullable String given) {
        return given == null ? System.getenv(KEY_VARIABLE) : given;
    }

    /** @throws UsageException if the server's address is wrong, or an option is given that it cannot be told */
    ServerClient client(ParseResult options) {
        requireNothingLocal(options, "--server");
        return new ServerClient(Objects.requireNonNull(url), key(apiKey));
    }
}
