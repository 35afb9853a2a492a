package org.espalier.llama;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory this process could still use. */
public final class AvailableMemory {
    private static final Path LINUX = Path.of("/proc/meminfo");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private AvailableMemory() {}

    /** Bytes; what the machine or the container has in all, where what is left of it is not known. */
    public static long bytes() {
        long total = totalBytes();
        try {
            Matcher matcher = AVAILABLE.matcher(Files.exists(LINUX) ? Files.readString(LINUX) : "");
            return matcher.find() ? Math.min(total, Long.parseLong(matcher.group(1)) * 1024) : total;
        } catch (IOException e) {
            return total;
        }
    }

    /**
     * Bytes that are free on the GPUs that llama.cpp can use, all of them together; empty if there is none. A GPU
     * without memory of its own has the machine's.
     *
     * @throws org.espalier.model.EspalierException if the native library cannot be loaded
     */
    public static OptionalLong onGpu() {
        return NativeLibrary.hasGpu() ? OptionalLong.of(NativeLibrary.gpuBytesFree()) : OptionalLong.empty();
    }

    /** Returns what the machine has in all; a container's limit counts where there is one. */
    public static long totalBytes() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Long.MAX_VALUE;
    }
}
