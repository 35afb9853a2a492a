package org.espalier.code;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.sandbox.Programs;

/** The JDK that compiles and runs programs: the one that runs Espalier, else one on the path. Stateless. */
final class Jdk {
    private Jdk() {}

    /** Its folder; empty if only a JRE is here. */
    static Optional<Path> home() {
        Path own = Path.of(System.getProperty("java.home"));
        if (isJdk(own)) {
            return Optional.of(own);
        }
        try {
            Optional<Path> javac = Programs.find("javac");
            Path folder = javac.isEmpty() ? null : javac.get().toRealPath().getParent();
            Path other = folder == null ? null : folder.getParent();
            return other != null && isJdk(other) ? Optional.of(other) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isJdk(Path home) {
        return Stream.of("java", "javac").allMatch(program -> Files.isExecutable(home.resolve("bin/" + program)));
    }

    /** What a program in a sandbox must be able to read beside the system's folders; some systems keep settings elsewhere. */
    static List<Path> readable(Path home) {
        List<Path> all = new ArrayList<>();
        if (!Programs.isOfSystem(home)) {
            all.add(home);
        }
        try {
            Path settings = home.resolve("lib/jvm.cfg").toRealPath();
            if (!settings.startsWith(home.toRealPath()) && !Programs.isOfSystem(settings)) {
                all.add(Objects.requireNonNull(settings.getParent()));
            }
        } catch (IOException e) {
            return List.copyOf(all);
        }
        return List.copyOf(all);
    }
}
