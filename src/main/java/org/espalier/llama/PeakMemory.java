package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The most memory that this process has had resident: heap, models, caches. */
public final class PeakMemory {
    private static final Path LINUX = Path.of("/proc/self/status");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private PeakMemory() {}

    /** Bytes, where the system says. */
    public static Optional<Long> bytes() {
        try {
            Matcher matcher = PEAK.matcher(Files.exists(LINUX) ? Files.readString(LINUX) : "");
            return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) * 1024) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
