package org.espalier.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.espalier.catalog.NativeFolder;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.model.Violation;
import org.jspecify.annotations.Nullable;

/** Finds the sandbox that this machine has. What is found has run a program once. Stateless. */
public final class Sandboxes {
    private static final int TRIAL_SECONDS = 20;
    private static final String SAYS = "espalier";

    /** The variable of the environment that names the sandbox to use. */
    public static final String VARIABLE = "ESPALIER_SANDBOX";

    private Sandboxes() {}

    /**
     * What was found.
     *
     * @param sandbox null if there is none that works
     * @param lack why not; empty if there is one
     */
    public record Finding(@Nullable Sandbox sandbox, String lack) {}

    /** Each sandbox, the first choice first, by its name. Nothing is tried before it is asked for. */
    private static final Map<String, Supplier<Finding>> ALL = all();

    private static Map<String, Supplier<Finding>> all() {
        Map<String, Supplier<Finding>> all = new LinkedHashMap<>();
        all.put("bubblewrap", Sandboxes::bubblewrap);
        all.put("landlock", Sandboxes::landlock);
        return Collections.unmodifiableMap(all);
    }

    /** The names of all sandboxes, the first choice first. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** Tries the sandbox of this name. */
    public static Finding find(String name) {
        Supplier<Finding> finder = ALL.get(name);
        return finder == null
                ? new Finding(
                        null, "%s is no sandbox: %s is %s".formatted(name, VARIABLE, String.join(" or ", names())))
                : finder.get();
    }

    /** Looks for a sandbox and tries it: the one that {@value #VARIABLE} names, else the first that works. */
    public static Finding find() {
        String wanted = System.getenv(VARIABLE);
        if (wanted != null && !wanted.isBlank()) {
            return find(wanted);
        }
        List<String> lacks = new ArrayList<>();
        for (Supplier<Finding> finder : ALL.values()) {
            Finding found = finder.get();
            if (found.sandbox() != null) {
                return found;
            }
            lacks.add(found.lack());
        }
        return new Finding(null, String.join("; or else, ", lacks));
    }

    private static Finding landlock() {
        try {
            Path program = NativeFolder.find().resolve("espalier-sandbox");
            if (!Files.isExecutable(program)) {
                return new Finding(null, "there is no espalier-sandbox for this system");
            }
            Landlock sandbox = new Landlock(program);
            String outcome = trial(sandbox);
            return outcome.equals(SAYS)
                    ? new Finding(sandbox, "")
                    : new Finding(null, outcome.isBlank() ? "espalier-sandbox says nothing" : outcome);
        } catch (EspalierException e) {
            return new Finding(null, String.valueOf(e.getMessage()));
        }
    }

    private static Finding bubblewrap() {
        Optional<Path> bwrap = Programs.find("bwrap");
        if (bwrap.isEmpty()) {
            return new Finding(null, "bubblewrap is not installed: apt-get install bubblewrap");
        }
        String failed = "";
        for (Bubblewrap sandbox : candidates(bwrap.get())) {
            String outcome = trial(sandbox);
            if (outcome.equals(SAYS)) {
                return new Finding(sandbox, "");
            }
            failed = outcome;
        }
        return new Finding(
                null,
                "bubblewrap does not work here (%s): let users make namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)"
                        .formatted(failed.isBlank() ? "it says nothing" : failed));
    }

    private static List<Bubblewrap> candidates(Path bwrap) {
        Bubblewrap plain = new Bubblewrap(bwrap.toString(), null);
        Optional<Path> setpriv = Programs.find("setpriv");
        return isRoot() && setpriv.isPresent()
                ? List.of(new Bubblewrap(bwrap.toString(), setpriv.get().toString()), plain)
                : List.of(plain);
    }

    /** Whether programs would be run with root's rights. */
    static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /**
     * The sandbox that works here.
     *
     * @param unsafe whether programs may run without one, with the user's rights
     * @throws UsageException if there is none, and that is not wanted
     */
    public static Sandbox required(boolean unsafe) {
        if (unsafe) {
            return new Unconfined();
        }
        Finding found = find();
        if (found.sandbox() == null) {
            throw new UsageException(List.of(Violation.of(
                    "unsafeRun",
                    "there is no sandbox to run programs in, and %2$s would run them with your rights; %1$s",
                    found.lack())));
        }
        return found.sandbox();
    }

    /** Runs a program inside; returns what it says, or what was wrong. */
    private static String trial(Sandbox sandbox) {
        try {
            Process process = new ProcessBuilder(
                            sandbox.command(List.of("/bin/sh", "-c", "echo " + SAYS), List.of(), Limits.USUAL))
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(TRIAL_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "it does not end";
            }
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return text.lines().findFirst().orElse("");
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
