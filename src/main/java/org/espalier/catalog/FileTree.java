package org.espalier.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder with all that is in it. */
public final class FileTree {
    private static final int DELETE_ATTEMPTS = 3;

    private FileTree() {}

    /** Tries again where the downloader of a process that was killed adds a file meanwhile. */
    public static void delete(Path folder) throws IOException {
        for (int left = DELETE_ATTEMPTS; Files.exists(folder); left--) {
            try {
                deleteOnce(folder);
            } catch (DirectoryNotEmptyException e) {
                if (left <= 1) {
                    throw e;
                }
            }
        }
    }

    private static void deleteOnce(Path folder) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(folder)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path file : deepestFirst) {
            Files.deleteIfExists(file);
        }
    }
}
