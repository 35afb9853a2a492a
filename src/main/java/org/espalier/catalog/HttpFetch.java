package org.espalier.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.espalier.catalog.HttpSource.Answer;
import org.espalier.catalog.HttpSource.UnreachableException;
import org.espalier.catalog.ModelFetch.SpaceProbe;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * One fetch of one file over HTTP, by one thread. What has arrived is kept when the connection is cut or the process is
 * killed, and the next request asks for the rest; a file that has changed meanwhile begins anew. It ends in any case:
 * requests in a row that bring nothing new are counted, and so is every time that the file is begun anew.
 */
final class HttpFetch {
    /** Names the address and the validator of what has arrived. */
    private static final String ORIGIN = "origin";

    private static final String LFS_POINTER = "version https://git-lfs.github.com/spec/v1";

    /** Between a cut and the first attempt to go on. */
    static final long PAUSE_MILLIS = 1000;

    private static final int CHUNK = 1 << 18;
    private static final long SLACK_BYTES = 16_000_000;
    private static final long REPORT_NANOS = 100_000_000;
    /** Requests in a row that bring nothing new. */
    static final int MOST_FAILURES = 4;

    /** Times that what has arrived is thrown away. */
    private static final int MOST_RESTARTS = 6;

    /** A request that brings less than this share of what is here, within these bounds, counts as one that brings nothing. */
    private static final int GAIN_SHARE = 100;

    private static final long LEAST_GAIN = 10_000;
    private static final long MOST_GAIN = 1_000_000;
    /** In the time that a silence may last. */
    private static final long LEAST_BYTES = 1000;
    /** Left on the disk by a file of unknown length, and between two looks at the disk. */
    private static final long RESERVE_BYTES = 256_000_000;

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
            if (isPointer(out)) {
                throw new WrongBytesException("%s sends Git LFS's pointer to the file, not the file: ask a server that"
                                .formatted(address.getHost())
                        + " resolves it, or fetch it there with `git lfs pull`");
            }
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

    /** A repository that was cloned without its large files has these few lines in the place of each. */
    private static boolean isPointer(FileChannel file) throws IOException {
        byte[] beginning = new byte[LFS_POINTER.length()];
        ByteBuffer bytes = ByteBuffer.wrap(beginning);
        return file.read(bytes, 0) == beginning.length
                && new String(beginning, StandardCharsets.US_ASCII).equals(LFS_POINTER);
    }

    private static final class WrongBytesException extends EspalierException {
        private static final long serialVersionUID = 1;

        WrongBytesException(String message) {
            super(message);
        }
    }

    /** Asks again after each cut, and returns the digest that the hub states. */
    private @Nullable String fetch(FileChannel out, String known, boolean pinned) throws IOException {
        if (known.isEmpty() && !pinned) {
            out.truncate(0);
        }
        String validator = known;
        String stated = null;
        long furthest = out.size();
        int failures = 0;
        int restarts = 0;
        while (true) {
            EspalierException problem;
            try {
                Answer answer = source.open(address, out.size(), validator.isEmpty() ? null : validator);
                stated = answer.sha256() == null ? stated : answer.sha256();
                validator = answer.validator() == null ? "" : answer.validator();
                Files.writeString(folder.resolve(ORIGIN), address + "\n" + validator);
                if (answer.from() < out.size()) {
                    restarts++;
                }
                receive(answer, out);
                if (answer.total() < 0 || out.size() >= answer.total()) {
                    return stated;
                }
                problem = new EspalierException("the server sent a part only, up to %s of %s"
                        .formatted(ErrorText.size(out.size()), ErrorText.size(answer.total())));
            } catch (HttpSource.RangeRefusedException e) {
                if (e.isWhole() && out.size() > 0) {
                    return stated;
                }
                restarts++;
                out.truncate(0);
                problem = e;
            } catch (HttpSource.OtherFileException e) {
                restarts++;
                validator = "";
                out.truncate(0);
                problem = e;
            } catch (UnreachableException e) {
                problem = new EspalierException(String.valueOf(e.getMessage()), e);
            }
            boolean further =
                    out.size() - furthest >= Math.max(LEAST_GAIN, Math.min(MOST_GAIN, out.size() / GAIN_SHARE));
            furthest = Math.max(furthest, out.size());
            boolean keeps = pinned || !validator.isEmpty() || problem instanceof HttpSource.OtherFileException;
            if (!keeps && out.size() > 0) {
                // Nothing would tell whether the rest belongs to this beginning.
                restarts++;
                out.truncate(0);
            }
            failures = further ? 0 : failures + 1;
            if (failures > MOST_FAILURES || restarts > MOST_RESTARTS) {
                throw gaveUp(problem, restarts > 1, keeps);
            }
            pause(pauseMillis, failures);
        }
    }

    private static EspalierException gaveUp(EspalierException problem, boolean restarted, boolean keeps) {
        String format = restarted
                ? keeps
                        ? "%s; it was restarted several times and got no further"
                        : "%s; it was restarted several times, because the server sends nothing (ETag, Last-Modified)"
                                + " that it could resume by: give its %s"
                : "%s; the same command resumes where this one ended";
        return new EspalierException(Wording.of(format, problem.wording(), Parameter.of("sha256")), problem);
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
            space.require(folder, Math.min(missing, Long.MAX_VALUE - SLACK_BYTES) + SLACK_BYTES, "fetch");
        }
        byte[] chunk = new byte[CHUNK];
        long reported = System.nanoTime() - REPORT_NANOS;
        long looked = out.position();
        Pace pace = new Pace(source.silenceMillis() * 1_000_000L);
        try (InputStream in = body(answer)) {
            for (int read = read(in, chunk, answer, out); read > 0; read = read(in, chunk, answer, out)) {
                ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                pace.received(read);
                if (answer.to() < 0 && out.position() - looked >= RESERVE_BYTES) {
                    looked = out.position();
                    space.require(folder, 2 * RESERVE_BYTES, "fetch of a file whose length the server does not state");
                }
                if (System.nanoTime() - reported >= REPORT_NANOS) {
                    reported = System.nanoTime();
                    progress.received(out.position(), answer.total());
                }
            }
        }
        if (answer.to() >= 0 && out.size() < answer.to()) {
            throw new UnreachableException(
                    "the connection was cut after %s of %s"
                            .formatted(
                                    ErrorText.size(out.size()), ErrorText.size(Math.max(answer.to(), answer.total()))),
                    null);
        }
        progress.received(out.size(), Math.max(out.size(), answer.total()));
    }

    /** Watches that bytes come faster than one by one. */
    private static final class Pace {
        private final long windowNanos;
        private long since = System.nanoTime();
        private long bytes;

        Pace(long windowNanos) {
            this.windowNanos = windowNanos;
        }

        void received(int read) throws UnreachableException {
            bytes += read;
            if (bytes >= LEAST_BYTES) {
                since = System.nanoTime();
                bytes = 0;
            } else if (System.nanoTime() - since > windowNanos) {
                throw new UnreachableException("the server sends almost nothing", null);
            }
        }
    }

    private static InputStream body(Answer answer) throws UnreachableException {
        try {
            return answer.connection().getInputStream();
        } catch (IOException e) {
            throw new UnreachableException("the connection was cut: " + Reason.of(e), e);
        }
    }

    /** Not more than the server has announced, for Java hands on what comes behind it too. */
    private static int read(InputStream in, byte[] chunk, Answer answer, FileChannel out) throws IOException {
        long left = answer.to() < 0 ? chunk.length : answer.to() - out.position();
        try {
            return in.read(chunk, 0, (int) Math.min(chunk.length, left));
        } catch (IOException e) {
            throw new UnreachableException("the connection was cut: " + Reason.of(e), e);
        }
    }

    /** Waits a while, longer after each failure in a row. */
    static void pause(long pauseMillis, int failures) {
        try {
            Thread.sleep(pauseMillis << Math.max(0, failures - 1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EspalierException("interrupted", e);
        }
    }
}
