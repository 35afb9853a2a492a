package org.espalier.catalog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.espalier.catalog.HttpSource.Answer;
import org.espalier.catalog.HttpSource.UnreachableException;
import org.espalier.model.EspalierException;
import org.espalier.model.Reason;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;

/**
 * Reads parts of one file of a web server. A connection that is cut is taken up where it ended; a file that changes between
 * two parts is refused. For one thread.
 */
final class RemoteFile {
    private static final int CHUNK = 1 << 18;

    private final HttpSource source;
    private final URI address;
    private final long pauseMillis;
    private @Nullable String validator;

    /** Takes bytes as they come. */
    @FunctionalInterface
    interface Sink {
        void take(byte[] bytes, int length) throws IOException;
    }

    /** @param validator of the file that parts were read of earlier; null if none were */
    RemoteFile(HttpSource source, URI address, long pauseMillis, @Nullable String validator) {
        this.source = source;
        this.address = address;
        this.pauseMillis = pauseMillis;
        this.validator = validator;
    }

    URI address() {
        return address;
    }

    /** What changes with the file; empty if nothing was read, or the server says nothing. */
    String validator() {
        return validator == null ? "" : validator;
    }

    /**
     * All of a small file.
     *
     * @throws EspalierException if it is longer, or is refused
     */
    byte[] whole(int most) throws IOException {
        return read(0, -1, most);
    }

    /** A part of the file, in memory. */
    byte[] part(long from, long to) throws IOException {
        return read(from, to, (int) (to - from));
    }

    private byte[] read(long from, long to, int most) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        read(from, to, (chunk, length) -> {
            if (bytes.size() + length > most) {
                throw new EspalierException("%s is longer than %d bytes".formatted(address.getPath(), most));
            }
            bytes.write(chunk, 0, length);
        });
        return bytes.toByteArray();
    }

    /**
     * Reads a part.
     *
     * @param to where it ends, exclusive; -1 for the file's end
     * @throws EspalierException if the server refuses, sends something else or gives up; the message is the reason alone
     */
    void read(long from, long to, Sink sink) throws IOException {
        long at = from;
        int failures = 0;
        while (to < 0 || at < to) {
            EspalierException problem;
            long before = at;
            try {
                Answer answer = source.open(address, at, to, at > 0 ? validator : null);
                requireSame(answer, at);
                long end = to < 0 ? answer.to() : to;
                at = receive(answer, at, end, sink);
                if (end < 0 || at >= end) {
                    return;
                }
                problem = new EspalierException("the connection was cut");
            } catch (UnreachableException e) {
                at = e instanceof Cut cut ? cut.at : at;
                problem = new EspalierException(String.valueOf(e.getMessage()), e);
            }
            failures = at > before ? 0 : failures + 1;
            if (failures > HttpFetch.MOST_FAILURES) {
                throw new EspalierException(
                        Wording.of("%s; the same command resumes where this one ended", problem.wording()), problem);
            }
            HttpFetch.pause(pauseMillis, failures);
        }
    }

    private void requireSame(Answer answer, long at) {
        String now = answer.validator();
        if (validator != null && now != null && !validator.equals(now)) {
            throw new HttpSource.OtherFileException();
        }
        if (answer.from() != at) {
            answer.connection().disconnect();
            throw new EspalierException(
                    validator != null && now == null
                            ? "the file changed while it was fetched"
                            : "%s sends whole files alone, and parts are needed".formatted(address.getHost()));
        }
        validator = now == null ? validator : now;
    }

    private static final class Cut extends UnreachableException {
        private static final long serialVersionUID = 1;
        private final long at;

        Cut(long at, IOException cause) {
            super("the connection was cut: " + Reason.of(cause), cause);
            this.at = at;
        }
    }

    /** Returns how far it came. */
    private static long receive(Answer answer, long from, long end, Sink sink) throws IOException {
        long at = from;
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = opened(answer, at);
            while (end < 0 || at < end) {
                int read = read(in, chunk, end < 0 ? CHUNK : Math.min(CHUNK, end - at), at);
                if (read < 0) {
                    break;
                }
                sink.take(chunk, read);
                at += read;
            }
            return at;
        } finally {
            // A server that sends all has more to send than is wanted.
            answer.connection().disconnect();
        }
    }

    private static InputStream opened(Answer answer, long at) throws Cut {
        try {
            return answer.connection().getInputStream();
        } catch (IOException e) {
            throw new Cut(at, e);
        }
    }

    private static int read(InputStream in, byte[] chunk, long most, long at) throws Cut {
        try {
            return in.read(chunk, 0, (int) most);
        } catch (IOException e) {
            throw new Cut(at, e);
        }
    }

    /** Little-endian, as the safetensors format begins. */
    static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
