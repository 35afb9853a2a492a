package org.espalier.eval;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.espalier.model.EspalierException;
import org.espalier.model.Parameter;
import org.espalier.model.Reason;
import org.espalier.model.Wording;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Records as JSON lines, appended one by one. A line is handed to the operating system in one go, so that a process that
 * is killed leaves whole lines and perhaps a piece of one, which is dropped when the file is opened again. Whoever opens
 * it to append holds the run's {@link RunLock}, so that no other process appends at the same time. One thread.
 */
public final class RecordFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private RecordFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a file, or makes it.
     *
     * @param each is given the records that are there, in order; a {@link JacksonException} of it means that one is none
     * @throws EspalierException if that fails, or a line before the last is broken
     */
    public static RecordFile open(Path file, Consumer<JsonNode> each) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            long end = read(file, Channels.newInputStream(channel), each);
            channel.truncate(end);
            channel.position(end);
            return new RecordFile(file, channel);
        } catch (IOException e) {
            closeQuietly(channel);
            throw new EspalierException("cannot write records to " + file + ": " + Reason.of(e), e);
        } catch (RuntimeException | Error e) {
            closeQuietly(channel);
            throw e;
        }
    }

    /** Reads the whole records of a file without changing it. */
    static void readOnly(Path file, Consumer<JsonNode> each) {
        try (InputStream in = Files.newInputStream(file)) {
            read(file, in, each);
        } catch (IOException e) {
            throw new EspalierException("cannot read the records in " + file + ": " + Reason.of(e), e);
        }
    }

    /** Returns where the last whole record ends. */
    private static long read(Path file, InputStream from, Consumer<JsonNode> each) throws IOException {
        long end = 0;
        long position = 0;
        int number = 0;
        int broken = 0;
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        InputStream in = new BufferedInputStream(from, 1 << 16);
        for (int b = in.read(); b >= 0; b = in.read()) {
            position++;
            if (b != '\n') {
                line.write(b);
                continue;
            }
            if (broken > 0) {
                throw new EspalierException(Wording.of(
                        "line %s of %s is not a record, and it is not the last: correct the file, or give another %s",
                        broken, file, Parameter.of("out")));
            }
            number++;
            JsonNode node = parse(line.toString(StandardCharsets.UTF_8));
            line.reset();
            if (node == null) {
                broken = number;
            } else {
                accept(file, number, node, each);
                end = position;
            }
        }
        return end;
    }

    private static void accept(Path file, int number, JsonNode node, Consumer<JsonNode> each) {
        try {
            each.accept(node);
        } catch (JacksonException e) {
            throw new EspalierException(
                    Wording.of(
                            "line %s of %s is not a record of a run: correct the file, or give another %s",
                            number, file, Parameter.of("out")),
                    e);
        }
    }

    private static @Nullable JsonNode parse(String line) {
        try {
            JsonNode node = Json.LINES.readTree(line);
            return node.isObject() ? node : null;
        } catch (JacksonException e) {
            return null;
        }
    }

    /** @throws EspalierException if it cannot be written, because the disk is full for instance */
    public void append(Object entry) {
        ByteBuffer line =
                ByteBuffer.wrap((Json.LINES.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (line.hasRemaining()) {
                channel.write(line);
            }
        } catch (IOException e) {
            throw new EspalierException(
                    "cannot write to " + file + ": " + Reason.of(e)
                            + "; the records so far are kept, and the same command resumes from there",
                    e);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    /** What was appended has left this process already: there is nothing that closing could lose. */
    private static void closeQuietly(@Nullable FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                return;
            }
        }
    }
}
