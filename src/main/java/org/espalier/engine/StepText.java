package org.espalier.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The text of a step, in bytes, as its tokens arrive. The delimiters are looked for in the text and not among the token
 * ids, because {@code .\n\n} is one token in many vocabularies; a token that runs past a delimiter stays whole.
 */
final class StepText {
    private final byte[][] delimiters;
    private final int longest;
    private byte[] bytes = new byte[256];
    private int length;
    /** Where a delimiter may begin: after the first byte that is not white space, or anywhere. */
    private int searchFrom;

    private boolean hasContent;

    private int told;

    /** @param delimiters any of which ends the step; none of them is empty */
    StepText(List<String> delimiters, boolean blankSteps) {
        this.delimiters = delimiters.stream()
                .map(delimiter -> delimiter.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        longest = Arrays.stream(this.delimiters)
                .mapToInt(delimiter -> delimiter.length)
                .max()
                .orElse(0);
        hasContent = blankSteps;
    }

    /** Appends a token's bytes; true if a delimiter is now in the text. */
    boolean append(byte[] piece) {
        if (length + piece.length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + piece.length));
        }
        System.arraycopy(piece, 0, bytes, length, piece.length);
        length += piece.length;
        if (delimiters.length == 0) {
            return false;
        }
        while (!hasContent && searchFrom < length) {
            hasContent = !isBlank(bytes[searchFrom++]);
        }
        return hasContent && delimiterFound();
    }

    /** Ends the text after so many bytes. */
    void cut(int end) {
        length = end;
    }

    /**
     * The text behind what this has returned before, without a last character whose bytes are not all there.
     *
     * @param held bytes at its end that are not to be returned yet
     */
    String nextWhole(int held) {
        int end = Math.max(told, length - held);
        int lead = end - 1;
        while (lead > told && (bytes[lead] & 0xC0) == 0x80) {
            lead--;
        }
        if (lead >= told && lead + bytesOf(bytes[lead]) > end) {
            end = lead;
        }
        String whole = new String(bytes, told, end - told, StandardCharsets.UTF_8);
        told = end;
        return whole;
    }

    /** Returns the length in bytes of the character that begins with this byte in UTF-8. */
    private static int bytesOf(byte lead) {
        if ((lead & 0xE0) == 0xC0) {
            return 2;
        }
        if ((lead & 0xF0) == 0xE0) {
            return 3;
        }
        return (lead & 0xF8) == 0xF0 ? 4 : 1;
    }

    private boolean delimiterFound() {
        for (int from = searchFrom; from < length; from++) {
            for (byte[] delimiter : delimiters) {
                int end = from + delimiter.length;
                if (end <= length && Arrays.equals(bytes, from, end, delimiter, 0, delimiter.length)) {
                    return true;
                }
            }
        }
        // What is left to search may hold the beginning of a delimiter.
        searchFrom = Math.max(searchFrom, length - longest + 1);
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
