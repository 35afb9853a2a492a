package org.espalier.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What this process and those that it has started take, together. */
final class Processes {
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

    private Processes() {}

    static double processorSeconds() {
        return all().map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                        .mapToLong(Duration::toMillis)
                        .sum()
                / 1e3;
    }

    /** The sum of each one's most; memory that two of them share, such as that of a mapped file, counts twice. */
    static long peakResidentBytes() {
        return all().mapToLong(process -> peakResidentBytes(process.pid())).sum();
    }

    private static Stream<ProcessHandle> all() {
        ProcessHandle own = ProcessHandle.current();
        return Stream.concat(Stream.of(own), own.descendants());
    }

    private static long peakResidentBytes(long pid) {
        try {
            Matcher matcher = PEAK.matcher(Files.readString(Path.of("/proc", String.valueOf(pid), "status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
        } catch (NoSuchFileException e) {
            // It has ended, or this is not Linux.
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
