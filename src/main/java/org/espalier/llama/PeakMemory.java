package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The memory that this process has resident: heap, models, caches. */
public final class PeakMemory {
    private static final Path LINUX = Path.of("/proc/self/status");

    private PeakMemory() {}

    /** The most bytes so far, where the system says. */
    public static Optional<Long> bytes() {
        return field("VmHWM");
    }

    /** Bytes now that no file has: heap, native memory, stacks; where the system says. */
    public static Optional<Long> ownBytes() {
        return field("RssAnon");
    }

    /** Bytes now that are mapped from files: libraries, classes, weights; where the system says. */
    public static Optional<Long> mappedBytes() {
        return field("RssFile");
    }

    private static Optional<Long> field(String name) {
        try {
            Matcher matcher = Pattern.compile(name + ":\\s+(\\d+) kB")
                    .matcher(Files.exists(LINUX) ? Files.readString(LINUX) : "");
            return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) * 1024) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
