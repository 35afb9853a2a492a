package org.espalier.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.sandbox.SandboxedProcess.Cause;

/**
 * Landlock and seccomp, for a Linux where users may make no namespaces: the program {@code espalier-sandbox} of {@code native/}
 * gives up files, network, signals and the calls that these are got by, and ends all that was started in it. Needs no rights,
 * and Linux 6.12.
 *
 * <p>It sees what files there are, though not what is in them, and has no bound on its folder but that it is ended when it is
 * over it. A caller who is root becomes a user that nobody else is, so that the kernel counts its processes alone; of another
 * user the kernel counts all.
 */
final class Landlock implements Sandbox {
    /** What the program ends with when the folder is full. */
    private static final int FULL = 122;

    /** What the user may start beside the program while it runs. */
    private static final int OTHERS = 512;

    private final Path program;
    private final boolean own;

    /** @param program {@code espalier-sandbox} */
    Landlock(Path program) {
        this.program = program;
        own = Sandboxes.isRoot();
    }

    @Override
    public String name() {
        return "landlock";
    }

    @Override
    public String description() {
        return "no network, none of your files read or written, no signals to other processes";
    }

    @Override
    public List<String> command(List<String> command, List<Path> readable, Limits limits) {
        List<String> all = new ArrayList<>(List.of(program.toString()));
        readable.forEach(folder -> all.addAll(List.of("--read", folder.toString())));
        all.addAll(List.of("--disk", Long.toString(limits.diskBytes())));
        all.addAll(List.of("--file", Long.toString(limits.fileBytes()), "--"));
        all.addAll(command);
        return List.copyOf(all);
    }

    @Override
    public int processes(Limits limits) {
        return own ? limits.processes() : limits.processes() + OTHERS + threadsOfUser();
    }

    /** Threads of all processes that this process may look into. */
    private static int threadsOfUser() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(process ->
                            Character.isDigit(process.getFileName().toString().charAt(0)))
                    .mapToInt(Landlock::threads)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    private static int threads(Path process) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return (int) threads.count();
        } catch (IOException | RuntimeException ended) {
            return 0;
        }
    }

    @Override
    public boolean endsWhenAsked() {
        return true;
    }

    @Override
    public Optional<Cause> cause(int status) {
        return status == FULL ? Optional.of(Cause.OUTPUT) : Optional.empty();
    }
}
