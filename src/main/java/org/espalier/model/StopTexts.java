package org.espalier.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Texts that end a reply before the first of them, looked for in one step while it is written: over the borders of its tokens,
 * and over that to the steps before it. Whoever writes the step puts its tokens in, on the policy's thread, and ends it with
 * {@link StopReason#EOS} where one is found.
 */
public final class StopTexts {
    private final List<String> texts;
    private final byte[][] stops;
    private final int longest;
    /** The end of what is written: as much as the beginning of a stop text can take up, and the last token. */
    private byte[] window;

    private int size;
    /** Bytes of the step that are no longer in the window; below 0 where it has some of the steps before. */
    private int passed;

    private @Nullable String found;
    private int end;

    /**
     * @param texts none of them empty
     * @param before what the path says before the step
     */
    public StopTexts(List<String> texts, String before) {
        this.texts = List.copyOf(texts);
        stops = texts.stream()
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        longest = Stream.of(stops).mapToInt(stop -> stop.length).max().orElse(1);
        byte[] all = before.getBytes(StandardCharsets.UTF_8);
        window = Arrays.copyOfRange(all, Math.max(0, all.length - longest + 1), all.length);
        size = window.length;
        passed = -size;
    }

    /**
     * Takes in what a token adds to the text.
     *
     * @return whether the text now has a stop text: the first one is {@linkplain #found found}
     */
    public boolean add(byte[] piece) {
        int kept = Math.min(size, longest - 1);
        passed += size - kept;
        System.arraycopy(window, size - kept, window, 0, kept);
        if (kept + piece.length > window.length) {
            window = Arrays.copyOf(window, 2 * longest + piece.length);
        }
        System.arraycopy(piece, 0, window, kept, piece.length);
        size = kept + piece.length;
        for (int from = 0; from < size; from++) {
            for (int i = 0; i < stops.length; i++) {
                boolean fresh = from + stops[i].length > kept;
                if (fresh && isAt(from, stops[i], stops[i].length)) {
                    found = texts.get(i);
                    end = passed + from;
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isAt(int from, byte[] stop, int length) {
        return from + length <= size && Arrays.equals(window, from, from + length, stop, 0, length);
    }

    /** Returns how many bytes at the end of what is written may be the beginning of a stop text. */
    public int held() {
        for (int from = Math.max(0, size - longest + 1); from < size; from++) {
            int length = size - from;
            for (byte[] stop : stops) {
                if (length < stop.length && isAt(from, stop, length)) {
                    return length;
                }
            }
        }
        return 0;
    }

    /** Returns the stop text that ended the step; null if none did. */
    public @Nullable String found() {
        return found;
    }

    /** Returns the bytes of the step's text before what was found; 0 where that begins in an earlier step. */
    public int end() {
        return Math.max(0, end);
    }

    /** Returns the characters that are in earlier steps of what was found. */
    public int before() {
        String stop = found;
        return stop == null || end >= 0
                ? 0
                : new String(stop.getBytes(StandardCharsets.UTF_8), 0, -end, StandardCharsets.UTF_8).length();
    }
}
