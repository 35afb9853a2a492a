package org.espalier.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.espalier.eval.Utf8Text;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;

/** Standard input and output as UTF-8, whatever the locale says, and why standard output failed, if it did. */
final class StandardStreams {
    private static final Watched OUT = new Watched(new FileOutputStream(FileDescriptor.out));

    private StandardStreams() {}

    /** Replaces Java's own standard output and error, which write '?' for what the locale's character set lacks. */
    static void install() {
        System.setOut(new PrintStream(new BufferedOutputStream(OUT), true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.err)), true, StandardCharsets.UTF_8));
    }

    /**
     * All of standard input.
     *
     * @param what it is, such as "the problem"
     * @throws UsageException if it is no UTF-8 text
     */
    static String read(String what) throws IOException {
        // Java's own stream belongs to whoever set it.
        InputStream in = System.in;
        try {
            return Utf8Text.read(in);
        } catch (CharacterCodingException e) {
            throw new UsageException("cannot read " + what + " from standard input: " + Utf8Text.reason(e));
        }
    }

    /** Why standard output could not be written; null as long as it could. */
    static @Nullable String failure() {
        IOException failure = OUT.failure;
        return failure == null ? null : String.valueOf(failure.getMessage());
    }

    /** Whether the program that read standard output has ended, such as {@code head}. */
    static boolean isReaderGone() {
        String failure = failure();
        return failure != null && (failure.contains("Broken pipe") || failure.equals(closedPipe()));
    }

    /** What the system calls this failure in the user's language; empty if that cannot be told. */
    private static String closedPipe() {
        try {
            Pipe pipe = Pipe.open();
            try (Pipe.SinkChannel sink = pipe.sink()) {
                pipe.source().close();
                int unused = sink.write(ByteBuffer.allocate(1));
                return "";
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Remembers the failure that a PrintStream keeps to itself. */
    private static final class Watched extends FilterOutputStream {
        private volatile @Nullable IOException failure;

        Watched(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
