package org.espalier.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A way to keep a program from everything but its own temporary folder. */
public interface Sandbox {
    /** Its name, as {@code doctor} shows it. */
    String name();

    /** What it keeps out, in a few words. */
    String description();

    /**
     * The command that runs a program inside. The program works in a folder of its own, which is empty and which {@code TMPDIR}
     * names; it reads the system's programs and libraries, and its standard streams are the caller's.
     *
     * @param command a program by its absolute path, with its arguments
     * @param readable folders outside the system's that the program is installed in
     */
    List<String> command(List<String> command, List<Path> readable, Limits limits);

    /** How many processes and threads the kernel may count at the most for the user that a program is inside. */
    default int processes(Limits limits) {
        return limits.processes();
    }

    /** Whether its process ends all that was started inside when it is asked to end; others must be ended at once. */
    default boolean endsWhenAsked() {
        return false;
    }

    /**
     * Why the sandbox ended the program.
     *
     * @param status that its process ended with
     */
    default Optional<SandboxedProcess.Cause> cause(int status) {
        return Optional.empty();
    }
}
