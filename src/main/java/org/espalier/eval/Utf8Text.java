package org.espalier.eval;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Text in UTF-8, with or without the byte order mark that some editors put before it, which is no part of the text. What is
 * anything else is refused, never guessed at.
 */
public final class Utf8Text {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int FIRST_BYTES = 4;

    private Utf8Text() {}

    /** The text is not UTF-8; the message is the reason, to be put behind what was to be read. */
    private static final class OtherEncodingException extends CharacterCodingException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            return "it is UTF-16 or UTF-32 text: save it as UTF-8";
        }
    }

    /** What is wrong with a text that cannot be decoded. */
    public static String reason(CharacterCodingException e) {
        return e instanceof OtherEncodingException ? String.valueOf(e.getMessage()) : "it is not UTF-8 text";
    }

    /** @throws CharacterCodingException if it is not UTF-8, see {@link #reason} */
    public static String read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in);
        }
    }

    /** @throws CharacterCodingException if it is not UTF-8, see {@link #reason} */
    public static String read(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        Reader reader = reader(in);
        char[] chunk = new char[1 << 13];
        for (int read = reader.read(chunk); read >= 0; read = reader.read(chunk)) {
            text.append(chunk, 0, read);
        }
        return text.toString();
    }

    /**
     * Decodes a stream; what is not UTF-8 is a {@link CharacterCodingException} of the reader.
     *
     * @throws CharacterCodingException if it is UTF-16 or UTF-32, by its mark or by zeros among the first bytes
     */
    static Reader reader(InputStream in) throws IOException {
        PushbackInputStream bytes = new PushbackInputStream(in, FIRST_BYTES);
        byte[] first = bytes.readNBytes(FIRST_BYTES);
        if (isOtherEncoding(first)) {
            throw new OtherEncodingException();
        }
        boolean marked = first.length >= MARK.length && Arrays.equals(first, 0, MARK.length, MARK, 0, MARK.length);
        int from = marked ? MARK.length : 0;
        bytes.unread(first, from, first.length - from);
        // Unlike a reader made from a charset, one made from its decoder does not replace what it cannot decode.
        return new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder());
    }

    private static boolean isOtherEncoding(byte[] first) {
        if (first.length < 2) {
            return false;
        }
        int pair = ((first[0] & 0xFF) << 8) | (first[1] & 0xFF);
        boolean zeros = false;
        for (byte b : first) {
            zeros |= b == 0;
        }
        return pair == 0xFEFF || pair == 0xFFFE || zeros;
    }
}
