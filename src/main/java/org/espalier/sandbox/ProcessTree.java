package org.espalier.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and all below it use.
 *
 * @param processes how many they are
 * @param bytes of memory that they hold; what several share counts for each
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
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("RssAnon:") || line.startsWith("RssShmem:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .sum();
        } catch (IOException | RuntimeException ended) {
            return 0;
        }
    }
}
