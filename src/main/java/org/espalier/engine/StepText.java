package org.espalier.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a step as its tokens arrive. The delimiter is looked for in the text and not among the token ids, because
 * {@code .\n\n} is one token in many vocabularies; a token that runs past the delimiter stays whole.
 */
final class StepText {
    private final byte @Nullable [] delimiter;
    private byte[] bytes = new byte[256];
    private int length;
    /** Where a delimiter may begin: after the first byte that is not white space, or anywhere. */
    private int searchFrom;

    private boolean inked;

    StepText(@Nullable String delimiter, boolean blankSteps) {
        this.delimiter = delimiter == null ? null : delimiter.getBytes(StandardCharsets.UTF_8);
        inked = blankSteps;
    }

    /** Appends a token's bytes; true if the delimiter is now in the text. */
    boolean append(byte[] piece) {
        if (length + piece.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + piece.length));
        }
        System.arraycopy(piece, 0, bytes, length, piece.length);
        length += piece.length;
        if (delimiter == null) {
            return false;
        }
        while (!inked && searchFrom < length) {
            inked = !isBlank(bytes[searchFrom++]);
        }
        return inked && delimiterFound(delimiter);
    }

    private boolean delimiterFound(byte[] delimiter) {
        for (; searchFrom + delimiter.length <= length; searchFrom++) {
            if (Arrays.equals(bytes, searchFrom, searchFrom + delimiter.length, delimiter, 0, delimiter.length)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
