package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.espalier.catalog.HttpSource.Answer;
import org.espalier.catalog.HttpSource.UnreachableException;
import org.espalier.catalog.ModelFetch.SpaceProbe;
import org.espalier.model.EspalierException;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one file over HTTP, by one thread. What has arrived is kept when the connection is cut or the process is
 * killed, and the next request asks for the rest; a file that has changed meanwhile begins anew.
 */
final class HttpFetch {
    /** Names the address and the validator of what has arrived. */
    private static final String ORIGIN = "origin";

    /** Between a cut and the first attempt to go on. */
    static final long PAUSE_MILLIS = 1000;

    private static final int CHUNK = 1 << 18;
    private static final long SLACK_BYTES = 16_000_000;
    private static final long REPORT_NANOS = 100_000_000;
    /** Requests in a row that bring nothing. */
    private static final int MOST_FAILURES = 4;

    private final HttpSource source;
    private final URI address;
    private final Path folder;
    private final SpaceProbe space;
    private final Progress progress;
    private final long pauseMillis;

    /** Hears how many bytes have arrived, about ten times a second. */
    @FunctionalInterface
    interface Progress {
        /** @param total -1 if the server does not say */
        void received(long done, long total);
    }

    /**
     * What has been fetched.
     *
     * @param stated whether the server stated the digest
     */
    record Fetched(Path file, long bytes, String sha256, boolean stated) {}

    /**
     * @param folder for the unfinished file; it outlives a fetch that fails
     * @param pauseMillis before the first attempt to go on after a cut; doubled each time
     */
    HttpFetch(HttpSource source, URI address, Path folder, SpaceProbe space, Progress progress, long pauseMillis) {
        this.source = source;
        this.address = address;
        this.folder = folder;
        this.space = space;
        this.progress = progress;
        this.pauseMillis = pauseMillis;
    }

    /**
     * Fetches what is missing.
     *
     * @param sha256 that the whole file is to have; null if that is not known
     * @throws EspalierException if the server refuses or cannot be reached, or the file has another digest; the message
     *     is the reason alone
     * @throws IOException if it cannot be written
     */
    Fetched run(@Nullable String sha256) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve("model");
        try (FileChannel out =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            String validator = validator();
            if (validator == null) {
                out.truncate(0);
            }
            String stated = fetch(out, Objects.requireNonNullElse(validator, ""), sha256 != null);
            out.force(false);
            String found = Sha256.of(file);
            String expected = sha256 == null ? stated : sha256;
            if (expected != null && !expected.equals(found)) {
                throw new WrongBytesException(
                        "%s has SHA-256 %s, not %s".formatted(address.getPath(), found, expected));
            }
            return new Fetched(file, out.size(), found, stated != null);
        } catch (WrongBytesException e) {
            FileTree.delete(folder);
            throw e;
        }
    }

    private static final class WrongBytesException extends EspalierException {
        private static final long serialVersionUID = 1;

        WrongBytesException(String message) {
            super(message);
        }
    }

    /** Asks again after each cut, and returns the digest that the hub states. */
    private @Nullable String fetch(FileChannel out, String known, boolean pinned) throws IOException {
        String validator = known;
        String stated = null;
        int failures = 0;
        while (true) {
            if (validator.isEmpty() && !pinned) {
                out.truncate(0);
            }
            long before = out.size();
            try {
                Answer answer = source.open(address, before, validator.isEmpty() ? null : validator);
                stated = answer.sha256() == null ? stated : answer.sha256();
                validator = answer.validator() == null ? "" : answer.validator();
                Files.writeString(folder.resolve(ORIGIN), address + "\n" + validator);
                receive(answer, out);
                return stated;
            } catch (HttpSource.RangeRefusedException e) {
                out.truncate(0);
                failures = pause(failures, String.valueOf(e.getMessage()), e);
            } catch (UnreachableException e) {
                failures = pause(out.size() > before ? 0 : failures, String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** The validator of what has arrived, empty if the server gave none; null if nothing has, or of another address. */
    private @Nullable String validator() throws IOException {
        Path origin = folder.resolve(ORIGIN);
        if (Files.notExists(origin)) {
            return null;
        }
        String[] lines = Files.readString(origin).split("\n", 2);
        return lines[0].equals(address.toString()) ? lines[1] : null;
    }

    private void receive(Answer answer, FileChannel out) throws IOException {
        out.truncate(answer.from());
        out.position(answer.from());
        long missing = answer.total() - answer.from();
        if (missing > 0) {
            space.require(folder, missing + SLACK_BYTES, "fetch");
        }
        byte[] chunk = new byte[CHUNK];
        long reported = System.nanoTime() - REPORT_NANOS;
        try (InputStream in = body(answer)) {
            for (int read = read(in, chunk); read >= 0; read = read(in, chunk)) {
                ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                if (System.nanoTime() - reported >= REPORT_NANOS) {
                    reported = System.nanoTime();
                    progress.received(out.position(), answer.total());
                }
            }
        }
        if (answer.total() >= 0 && out.size() < answer.total()) {
            throw new UnreachableException(
                    "the connection was cut after %s of %s"
                            .formatted(Problems.size(out.size()), Problems.size(answer.total())),
                    null);
        }
        progress.received(out.size(), out.size());
    }

    private static InputStream body(Answer answer) throws UnreachableException {
        try {
            return answer.connection().getInputStream();
        } catch (IOException e) {
            throw new UnreachableException("the connection was cut: " + Problems.reason(e), e);
        }
    }

    private static int read(InputStream in, byte[] chunk) throws UnreachableException {
        try {
            return in.read(chunk);
        } catch (IOException e) {
            throw new UnreachableException("the connection was cut: " + Problems.reason(e), e);
        }
    }

    /** Counts a failure and waits a while. */
    private int pause(int failures, String reason, Exception cause) {
        if (failures == MOST_FAILURES) {
            throw new EspalierException(reason + "; the same command goes on where this one ended", cause);
        }
        try {
            Thread.sleep(pauseMillis << failures);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted", e);
        }
        return failures + 1;
    }
}
