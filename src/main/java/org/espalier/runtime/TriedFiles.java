package org.espalier.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.espalier.model.EspalierException;

/**
 * Which files have run here, each by its path, size, time of change and number in the file system: one small file for each
 * use, named by a digest of its paths and holding what it was, so that a file that changes takes its own place. What cannot be
 * written or read counts as not known.
 */
final class TriedFiles {
    private static final int NAME_BYTES = 16;
    private static final String EXTENSION = ".ran";

    private final Path folder;

    TriedFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * A use of files.
     *
     * @param how what else matters, such as the version
     */
    record Use(List<Path> files, String how) {
        /** What is remembered of it. */
        String identity() throws IOException {
            StringBuilder text = new StringBuilder(how).append('\n');
            for (Path file : files) {
                Path real = file.toRealPath();
                BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
                text.append(attributes.size())
                        .append(' ')
                        .append(attributes.lastModifiedTime().toInstant())
                        .append(' ')
                        .append(attributes.fileKey())
                        .append(' ')
                        .append(real)
                        .append('\n');
            }
            return text.toString();
        }
    }

    /** Whether all of the files, as they are now, have run. */
    boolean contains(Use use) {
        try {
            Path place = place(use);
            return Files.exists(place) && Files.readString(place).equals(use.identity());
        } catch (IOException e) {
            return false;
        }
    }

    /** Remembers that files ran. */
    void add(Use use, String identity) {
        try {
            Files.createDirectories(folder);
            forgetWhatIsGone();
            Path partial = Files.createTempFile(folder, "new", ".partial");
            Files.writeString(partial, identity);
            Files.move(partial, place(use), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            // They are tried again the next time.
            return;
        }
    }

    private Path place(Use use) throws IOException {
        List<String> paths = new ArrayList<>();
        for (Path file : use.files()) {
            paths.add(file.toRealPath().toString());
        }
        String text = use.how() + "\n" + String.join("\n", paths);
        return folder.resolve(digest(text) + EXTENSION);
    }

    /** Removes what is known of files that are not there any more. */
    private void forgetWhatIsGone() throws IOException {
        try (DirectoryStream<Path> known = Files.newDirectoryStream(folder, "*" + EXTENSION)) {
            for (Path each : known) {
                Optional<String> gone = Files.readString(each)
                        .lines()
                        .skip(1)
                        .map(line -> line.split(" ", 4))
                        .filter(words -> words.length < 4 || !Files.exists(Path.of(words[3])))
                        .map(words -> words[0])
                        .findFirst();
                if (gone.isPresent()) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new EspalierException("this Java has no SHA-256", e);
        }
    }
}
