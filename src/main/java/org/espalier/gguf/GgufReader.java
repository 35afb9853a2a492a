package org.espalier.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;
import org.espalier.model.EspalierException;
import org.espalier.model.Excerpt;
import org.jspecify.annotations.Nullable;

/**
 * Reads the primitives of a GGUF header in order. Every length that the file states is compared with what is left of
 * the file before anything is allocated or skipped for it.
 */
final class GgufReader implements AutoCloseable {
    /** Strings that are kept, all together; the largest headers have some hundred kilobytes of them. */
    private static final long MAX_KEPT_BYTES = 64L << 20;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int LONGEST_QUOTE = 60;
    private static final long HASH_SEED = 0xcbf29ce484222325L;

    private final Path path;
    private final SeekableByteChannel channel;
    private final long size;
    private final ByteBuffer buffer;
    private long keptBytes;

    GgufReader(Path path) throws IOException {
        this(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    /**
     * @param path what messages call it
     * @param channel at its beginning; closed with this
     */
    GgufReader(Path path, SeekableByteChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        size = channel.size();
        buffer = ByteBuffer.allocate((int) Math.max(Long.BYTES, Math.min(size, BUFFER_BYTES)))
                .order(ByteOrder.LITTLE_ENDIAN)
                .limit(0);
    }

    /** Bytes in the file. */
    long size() {
        return size;
    }

    /** Offset of the next byte to be read. */
    long position() throws IOException {
        return channel.position() - buffer.remaining();
    }

    byte int8() throws IOException {
        return require(1).get();
    }

    short int16() throws IOException {
        return require(2).getShort();
    }

    int int32() throws IOException {
        return require(4).getInt();
    }

    long int64() throws IOException {
        return require(8).getLong();
    }

    float float32() throws IOException {
        return require(4).getFloat();
    }

    double float64() throws IOException {
        return require(8).getDouble();
    }

    String string() throws IOException {
        long length = count(1, "a string");
        keep(length);
        byte[] bytes = new byte[(int) length];
        int read = 0;
        while (read < bytes.length) {
            int chunk = Math.min(bytes.length - read, buffer.capacity());
            require(chunk).get(bytes, read, chunk);
            read += chunk;
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Passes a list of strings by. Their hashes (64 bits) tell them from each other; 0 is the empty string's, and nobody
     * is told of it.
     *
     * @param hashes is told each string's; null if nobody wants to know
     */
    void skipStrings(long count, @Nullable LongConsumer hashes) throws IOException {
        for (long i = 0; i < count; i++) {
            // A string's length and text lie in the buffer as a rule: a vocabulary and its merges have 400,000 of them.
            long length = buffer.remaining() < Long.BYTES ? -1 : buffer.getLong(buffer.position());
            if (length >= 0 && length <= buffer.remaining() - Long.BYTES) {
                int start = buffer.position() + Long.BYTES;
                if (hashes != null && length > 0) {
                    hashes.accept(hash(HASH_SEED, start, (int) length));
                }
                buffer.position(start + (int) length);
            } else {
                skipLongString(hashes);
            }
        }
    }

    /** One that the buffer does not hold whole. */
    private void skipLongString(@Nullable LongConsumer hashes) throws IOException {
        long left = count(1, "a string");
        if (hashes == null) {
            skip(left);
        } else if (left > 0) {
            long hash = HASH_SEED;
            for (; left > 0; left -= Math.min(left, buffer.capacity())) {
                int chunk = (int) Math.min(left, buffer.capacity());
                hash = hash(hash, require(chunk).position(), chunk);
                buffer.position(buffer.position() + chunk);
            }
            hashes.accept(hash);
        }
    }

    /** FNV-1a over some bytes of the buffer. */
    private long hash(long begun, int start, int length) {
        byte[] bytes = buffer.array();
        long hash = begun;
        for (int i = start; i < start + length; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /** Returns what a file calls something, fit for a message of one line. */
    static String quoted(String name) {
        return Excerpt.of(name.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?"), LONGEST_QUOTE);
    }

    /**
     * A number of things to come.
     *
     * @param leastBytes that one of them takes
     * @throws EspalierException if the rest of the file cannot hold that many
     */
    long count(int leastBytes, String what) throws IOException {
        long count = int64();
        long left = size - position();
        if (count < 0 || count > left / leastBytes) {
            throw damaged(
                    "%s of length %s where %d bytes are left".formatted(what, Long.toUnsignedString(count), left));
        }
        return count;
    }

    /** Accounts for bytes that stay in memory. */
    void keep(long bytes) {
        keptBytes += bytes;
        if (keptBytes > MAX_KEPT_BYTES) {
            throw damaged("more than %d MiB of texts".formatted(MAX_KEPT_BYTES >> 20));
        }
    }

    void skip(long bytes) throws IOException {
        if (bytes <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) bytes);
        } else {
            channel.position(position() + bytes);
            buffer.limit(0);
        }
    }

    EspalierException damaged(String what) {
        return new EspalierException("%s is not a usable GGUF file: its header has %s".formatted(path, what));
    }

    /** The buffer with at least so many bytes in it. */
    private ByteBuffer require(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            buffer.compact();
            int read = 0;
            while (read >= 0 && buffer.position() < bytes) {
                read = channel.read(buffer);
            }
            buffer.flip();
            if (buffer.remaining() < bytes) {
                throw new EspalierException(
                        "%s ends inside its header, after %d bytes: get the whole file".formatted(path, size));
            }
        }
        return buffer;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
