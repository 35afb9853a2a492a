package org.espalier.cli;

import java.lang.management.ManagementFactory;

/** How much memory this machine has. */
final class PhysicalMemory {
    private PhysicalMemory() {}

    /** In bytes; a container's limit counts where there is one. */
    static long bytes() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getTotalMemorySize();
    }
}
