package org.espalier.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and all below it use.
 *
 * @param processes how many they are
 * @param bytes of memory that they hold; what several share counts once, where the system says so, else for each
 */
record ProcessTree(int processes, long bytes) {
    private static final int KIB = 1024;

    static ProcessTree of(ProcessHandle root) {
        long[] sums = new long[2];
        Stream.concat(Stream.of(root), root.descendants()).forEach(process -> {
            sums[0]++;
            sums[1] += residentBytes(process.pid());
        });
        return new ProcessTree((int) sums[0], sums[1]);
    }

    /** 0 for a process that has ended meanwhile, and where the system does not say. */
    private static long residentBytes(long pid) {
        try {
            // Its part of what it shares: forks of a warm interpreter share most of what they hold.
            return sum(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss_Anon:", "Pss_Shmem:");
        } catch (IOException | RuntimeException ended) {
            return wholeBytes(pid);
        }
    }

    /** For a process that only its owner may look at closely. */
    private static long wholeBytes(long pid) {
        try {
            return sum(Path.of("/proc/" + pid + "/status"), "RssAnon:", "RssShmem:");
        } catch (IOException | RuntimeException ended) {
            return 0;
        }
    }

    /** @throws IOException if the file cannot be read, or has none of these lines */
    private static long sum(Path file, String... names) throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> Stream.of(names).anyMatch(line::startsWith))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .reduce(Long::sum)
                    .orElseThrow(() -> new IOException(file + " does not say it"));
        }
    }
}
