package org.espalier.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bubblewrap: namespaces of its own of every kind, so that there is no network, no other process and no file but the
 * system's programs, read only, and a temporary folder that vanishes. Needs no rights, where the kernel lets users make
 * namespaces.
 *
 * <p>A caller who is root becomes nobody first: the kernel counts no processes of root's, and what it may read it can read in
 * a sandbox as well.
 */
final class Bubblewrap implements Sandbox {
    private static final String NOBODY = "65534";

    /** What programs and libraries are in; a link of them stays a link. */
    private static final List<String> SYSTEM = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

    /** What programs look up that is no secret. */
    private static final List<String> SETTINGS = List.of(
            "/etc/alternatives",
            "/etc/ld.so.cache",
            "/etc/ld.so.conf",
            "/etc/ld.so.conf.d",
            "/etc/localtime",
            "/nix/store");

    private final String program;
    private final @Nullable String dropping;

    /** @param dropping the program that becomes another user; null to stay who one is */
    Bubblewrap(String program, @Nullable String dropping) {
        this.program = program;
        this.dropping = dropping;
    }

    @Override
    public String name() {
        return "bubblewrap";
    }

    @Override
    public String description() {
        return "no network, no files of yours, no other processes";
    }

    @Override
    public List<String> command(List<String> command, List<Path> readable, Limits limits) {
        List<String> all = new ArrayList<>();
        if (dropping != null) {
            all.addAll(List.of(
                    dropping,
                    "--reuid",
                    NOBODY,
                    "--regid",
                    NOBODY,
                    "--clear-groups",
                    "--inh-caps=-all",
                    "--no-new-privs"));
        }
        all.addAll(List.of(program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"));
        all.addAll(List.of("--cap-drop", "ALL", "--hostname", "sandbox"));
        variable(all, "PATH", "/usr/local/bin:/usr/bin:/bin");
        variable(all, "HOME", "/tmp");
        variable(all, "TMPDIR", "/tmp");
        variable(all, "LANG", "C.UTF-8");
        variable(all, "PYTHONHASHSEED", "0");
        variable(all, "PYTHONDONTWRITEBYTECODE", "1");
        all.addAll(List.of("--ro-bind", "/usr", "/usr"));
        SYSTEM.forEach(folder -> system(folder).ifPresent(all::addAll));
        SETTINGS.forEach(file -> all.addAll(List.of("--ro-bind-try", file, file)));
        readable.forEach(folder -> all.addAll(List.of("--ro-bind", folder.toString(), folder.toString())));
        all.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        all.addAll(List.of("--size", Long.toString(limits.diskBytes()), "--perms", "0777", "--tmpfs", "/tmp"));
        all.addAll(List.of("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", "--"));
        all.addAll(command);
        return List.copyOf(all);
    }

    private static void variable(List<String> all, String name, String value) {
        all.addAll(List.of("--setenv", name, value));
    }

    private static Optional<List<String>> system(String folder) {
        Path path = Path.of(folder);
        if (Files.isSymbolicLink(path)) {
            try {
                return Optional.of(
                        List.of("--symlink", Files.readSymbolicLink(path).toString(), folder));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return Files.isDirectory(path) ? Optional.of(List.of("--ro-bind", folder, folder)) : Optional.empty();
    }
}
