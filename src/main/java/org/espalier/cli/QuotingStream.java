package org.espalier.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Prints in UTF-8 and {@linkplain Quoting quotes} whatever would steer a terminal, whoever prints it. What Espalier itself
 * wants to do to a terminal goes to {@link #raw}. JSON stays JSON, because what is quoted stands only in its texts.
 */
final class QuotingStream extends PrintStream {
    private final PrintStream raw;

    /** @param raw where it goes */
    QuotingStream(PrintStream raw) {
        super(new Filter(raw), true, StandardCharsets.UTF_8);
        this.raw = raw;
    }

    /** What is behind a stream if that quotes, else the stream. */
    static PrintStream raw(PrintStream stream) {
        return stream instanceof QuotingStream quoting ? quoting.raw : stream;
    }

    @Override
    public boolean checkError() {
        boolean failed = super.checkError();
        return raw.checkError() || failed;
    }

    /** Holds back what may become a quoted character: its first bytes, or a carriage return that may end a line. */
    private static final class Filter extends OutputStream {
        private static final int TWO_BYTES = 0xc2;
        private static final int THREE_BYTES = 0xe2;
        private static final int MOST_BYTES = 3;

        private final OutputStream out;
        private final byte[] held = new byte[MOST_BYTES];
        private int count;

        Filter(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int end = offset + length;
            int from = offset;
            for (int at = offset; at < end; at++) {
                if (count > 0 || begins(bytes[at] & 0xff)) {
                    out.write(bytes, from, at - from);
                    write(bytes[at]);
                    from = at + 1;
                }
            }
            out.write(bytes, from, end - from);
        }

        /** Whether a byte is, or may be the first of, what is quoted. */
        private static boolean begins(int value) {
            return value == TWO_BYTES || value == THREE_BYTES || (value < 0x80 && Quoting.steers(value));
        }

        @Override
        public void write(int b) throws IOException {
            int value = b & 0xff;
            if (count == 0 && value != '\r' && value != TWO_BYTES && value != THREE_BYTES) {
                pass(value);
                return;
            }
            held[count++] = (byte) value;
            int first = held[0] & 0xff;
            if (first == '\r') {
                if (count == 2) {
                    endLine(value);
                }
            } else if (count == (first == TWO_BYTES ? 2 : MOST_BYTES)) {
                String text = new String(held, 0, count, StandardCharsets.UTF_8);
                out.write(Quoting.text(text).getBytes(StandardCharsets.UTF_8));
                count = 0;
            }
        }

        private void pass(int value) throws IOException {
            if (value < 0x80 && Quoting.steers(value)) {
                out.write(Quoting.spelt(value).getBytes(StandardCharsets.UTF_8));
            } else {
                out.write(value);
            }
        }

        /** @param next after a carriage return, which stays before a line feed */
        private void endLine(int next) throws IOException {
            count = 0;
            if (next == '\n') {
                out.write('\r');
            } else {
                out.write(Quoting.spelt('\r').getBytes(StandardCharsets.UTF_8));
            }
            write(next);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }
}
