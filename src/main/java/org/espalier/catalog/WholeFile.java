package org.espalier.catalog;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a file so that others see the old one or the whole new one: into a neighbour of a name that no other writer has,
 * which then takes its place. Of several writers at the same time the last one's file stays. What is no plain file, such
 * as {@code /dev/stdout}, is written to directly; a link stays, and the file that it leads to is replaced.
 */
public final class WholeFile {
    private static final AtomicLong COUNT = new AtomicLong();

    private WholeFile() {}

    /** Writes the content. */
    @FunctionalInterface
    public interface Content {
        /** @param out need not be closed */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Writes a text in UTF-8. */
    public static void write(Path file, String text) throws IOException {
        write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Writes what is handed to a stream; if that fails, the old file stays as it was. */
    public static void write(Path file, Content content) throws IOException {
        boolean there = Files.exists(file);
        if (there && !Files.isRegularFile(file)) {
            fill(file, content, StandardOpenOption.WRITE);
            return;
        }
        Path target = (there ? file.toRealPath() : file).toAbsolutePath();
        Path part = target.resolveSibling("%s.%d-%d.part"
                .formatted(target.getFileName(), ProcessHandle.current().pid(), COUNT.incrementAndGet()));
        if (there && !Files.isWritable(target)) {
            throw new AccessDeniedException(file.toString());
        }
        try {
            fill(part, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void fill(Path file, Content content, StandardOpenOption... options) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file, options))) {
            content.writeTo(out);
        }
    }
}
