package org.espalier.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 digests of files, each computed once: a digest is kept in memory and in a folder, for this process and those
 * after it, until the file's path, size, times or inode change. Safe from any thread; who asks for a digest that is being
 * computed waits for it.
 */
final class FileDigests {
    /** A file that is written to within the clock's precision of being read may look the same afterwards. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final FileDigests OWN = new FileDigests(CacheFolder.own().resolve("digests"));

    private final Path folder;
    private final Map<Path, Known> known = new HashMap<>();

    /**
     * A file's digest.
     *
     * @param state of the file that has it: what changes when the file does
     */
    private record Known(String state, String sha256) {}

    /** @param folder where digests are kept; made when the first one is */
    FileDigests(Path folder) {
        this.folder = folder;
    }

    /** Those that are kept in the user's own folder. */
    static FileDigests own() {
        return OWN;
    }

    /**
     * SHA-256 of a file in lower-case hexadecimal. Reads the whole file unless the digest is known: a second or so for each
     * gigabyte. Ends when the thread is interrupted.
     *
     * @throws IOException if the file cannot be read
     */
    synchronized String of(Path file) throws IOException {
        Path path = file.toRealPath();
        long began = System.currentTimeMillis();
        String state = state(path);
        Known remembered = known.get(path);
        Known before = remembered == null ? kept(path) : remembered;
        if (before != null && before.state.equals(state)) {
            known.put(path, before);
            return before.sha256;
        }
        String sha256 = Sha256.of(path);
        if (state(path).equals(state) && isSettled(path, began)) {
            known.put(path, new Known(state, sha256));
            keep(path, state, sha256);
        }
        return sha256;
    }

    private static String state(Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return attributes.size() + " " + nanos(attributes.lastModifiedTime()) + " " + nanos(changed(path)) + " "
                + attributes.fileKey();
    }

    private static long nanos(FileTime time) {
        return time.to(TimeUnit.NANOSECONDS);
    }

    /** When anything about the file changed, which nobody can set back; the epoch on systems that do not say. */
    private static FileTime changed(Path path) throws IOException {
        boolean unix = path.getFileSystem().supportedFileAttributeViews().contains("unix");
        return unix ? (FileTime) Files.getAttribute(path, "unix:ctime") : FileTime.fromMillis(0);
    }

    private static boolean isSettled(Path path, long millis) throws IOException {
        long modified = Math.max(nanos(Files.getLastModifiedTime(path)), nanos(changed(path)));
        return modified < TimeUnit.MILLISECONDS.toNanos(millis) - SETTLED_NANOS;
    }

    private Path place(Path path) {
        MessageDigest name = Sha256.digest();
        name.update(path.toString().getBytes(StandardCharsets.UTF_8));
        return folder.resolve(HexFormat.of().formatHex(name.digest(), 0, 16));
    }

    /** Null if nothing usable is kept. */
    private @Nullable Known kept(Path path) {
        try {
            String[] lines = Files.readString(place(path)).split("\n", -1);
            boolean usable = lines.length == 4 && lines[0].matches("[0-9a-f]{64}") && lines[2].equals(path.toString());
            return usable ? new Known(lines[1], lines[0]) : null;
        } catch (IOException e) {
            return null;
        }
    }

    /** A digest that cannot be kept is computed again by the next process. */
    private void keep(Path path, String state, String sha256) {
        try {
            Files.createDirectories(folder);
            Path whole = Files.createTempFile(folder, "new", ".tmp");
            Files.writeString(whole, sha256 + "\n" + state + "\n" + path + "\n");
            Files.move(whole, place(path), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            return;
        }
    }
}
