package org.espalier.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.espalier.model.EspalierException;

/**
 * Reads the primitives of a GGUF header in order. Every length that the file states is compared with what is left of the
 * file before anything is allocated or skipped for it.
 */
final class GgufReader implements AutoCloseable {
    /** Strings that are kept, all together; the largest headers have some hundred kilobytes of them. */
    private static final long MAX_KEPT_BYTES = 64L << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long keptBytes;

    GgufReader(Path path) throws IOException {
        this.path = path;
        channel = FileChannel.open(path, StandardOpenOption.READ);
        size = channel.size();
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

    void skipString() throws IOException {
        skip(count(1, "a string"));
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
            throw damaged("more than %s of texts".formatted(Problems.size(MAX_KEPT_BYTES)));
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
