package org.espalier.llama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limit of this process's memory that {@code ulimit -v} sets. Under it libraries and models fail to be mapped, and
 * what fails seldom says why.
 */
final class AddressSpace {
    private static final Pattern LIMIT = Pattern.compile("(?m)^Max address space +(\\d+) ");
    private static final long MEBIBYTE = 1 << 20;

    private AddressSpace() {}

    /** Returns what to add to a failure's message; empty if there is no limit. */
    static String hint() {
        return hint(Path.of("/proc/self/limits"));
    }

    static String hint(Path limits) {
        try {
            Matcher limit = LIMIT.matcher(Files.readString(limits));
            return limit.find()
                    ? "; this process may have %d MiB of memory only ('ulimit -v'), which may be why"
                            .formatted(Long.parseLong(limit.group(1)) / MEBIBYTE)
                    : "";
        } catch (IOException | NumberFormatException e) {
            // Not Linux, or more than can be.
            return "";
        }
    }
}
