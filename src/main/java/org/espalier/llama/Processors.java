package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** How many processors this process may use. */
public final class Processors {
    private static final Path SYSTEM = Path.of("/sys/devices/system/cpu");
    private static final int CORES =
            cores(SYSTEM, allowed(), Runtime.getRuntime().availableProcessors());

    private Processors() {}

    /**
     * Returns the number of cores that this process may use, 1 or more: two processors of one core share what computes. At
     * most as many as the JVM has processors, which a container's limits lower. Where the system does not say, each
     * processor counts.
     */
    public static int cores() {
        return CORES;
    }

    /**
     * @param system the folder that has one for each processor
     * @param allowed the processors as {@code 0-3,8}
     * @param processors that the JVM counts
     */
    static int cores(Path system, String allowed, int processors) {
        try {
            Set<String> cores = new HashSet<>();
            for (String range : allowed.strip().split(",", -1)) {
                String[] ends = range.split("-", -1);
                int last = Integer.parseInt(ends[ends.length - 1]);
                for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                    cores.add(Files.readString(system.resolve("cpu" + cpu + "/topology/thread_siblings_list")));
                }
            }
            return Math.min(processors, cores.size());
        } catch (IOException | NumberFormatException unknown) {
            return processors;
        }
    }

    private static String allowed() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return line.substring(line.indexOf(':') + 1);
                }
            }
        } catch (IOException notLinux) {
            return "";
        }
        return "";
    }
}
