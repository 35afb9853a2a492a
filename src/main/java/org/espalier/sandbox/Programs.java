package org.espalier.sandbox;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds programs on this machine. Stateless. */
public final class Programs {
    /** Where systems keep theirs, which every user and a sandbox can read. */
    private static final String SYSTEM = "/usr/bin:/usr/local/bin:/bin:/usr/sbin";

    private Programs() {}

    /** A program of the system's, else one on the user's path, by its real place. */
    public static Optional<Path> find(String name) {
        return places(name).filter(Files::isExecutable).findFirst();
    }

    private static Stream<Path> places(String name) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.of((SYSTEM + ":" + path).split(File.pathSeparator))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isRegularFile);
    }

    /** Whether a sandbox shows the place without being told. */
    public static boolean isOfSystem(Path place) {
        return place.startsWith("/usr") || place.startsWith("/bin") || place.startsWith("/lib");
    }
}
