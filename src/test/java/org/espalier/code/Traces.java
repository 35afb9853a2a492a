package org.espalier.code;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What runs of programs could leave on this machine. */
final class Traces {
    private Traces() {}

    /**
     * Processes below this one, mounts, and what lies in the temporary folder.
     *
     * @param commands of the processes that count
     * @param files how the names of the files begin that count
     */
    static Set<String> now(Predicate<String> commands, String files) throws IOException {
        Set<String> all = new TreeSet<>();
        ProcessHandle.current().descendants().forEach(process -> {
            String command = process.info().command().orElse("");
            if (commands.test(command)) {
                all.add("process " + process.pid() + " " + command);
            }
        });
        Files.readAllLines(Path.of("/proc/self/mounts")).forEach(mount -> all.add("mount " + mount));
        try (Stream<Path> left = Files.list(Path.of("/tmp"))) {
            left.filter(file -> file.getFileName().toString().startsWith(files))
                    .forEach(file -> all.add("file " + file));
        }
        return all;
    }
}
