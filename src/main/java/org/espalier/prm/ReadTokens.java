package org.espalier.prm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.espalier.model.Tokenizer;
import org.espalier.prompt.Fragment;
import org.jspecify.annotations.Nullable;

/**
 * What a PRM has read of a path, as its tokens: the same as if the whole text were tokenised at once, though it is read
 * piece by piece. Only what follows the last control token can come out differently when text is appended to it, so
 * that this end is kept and tokenised again with the next piece. Immutable.
 *
 * <p>Template text and contents between two control tokens are tokenised together: {@code "? Step 1"} is not {@code "? "}
 * and {@code "Step 1"}. Control tokens are read in the template's text alone.
 */
public final class ReadTokens {
    /** Before any text. */
    static final ReadTokens NOTHING = new ReadTokens("", new int[0], new int[0], 0, "");

    private final String end;
    private final int[] endTokens;
    private final int[] added;
    private final int dropped;
    private final String rest;

    private ReadTokens(String end, int[] endTokens, int[] added, int dropped, String rest) {
        this.end = end;
        this.endTokens = endTokens;
        this.added = added;
        this.dropped = dropped;
        this.rest = rest;
    }

    /** The tokens of the last piece, which follow those that were there before it. */
    public int[] added() {
        return added.clone();
    }

    /**
     * Returns how many of the tokens that were there before are other ones now; 0 but for texts that merge across a
     * piece's end.
     */
    public int dropped() {
        return dropped;
    }

    /** Returns what was written behind the last delimiter and is not read yet: the next step begins with it. */
    String rest() {
        return rest;
    }

    /** Returns the same with other text that is not read yet. */
    ReadTokens before(String unread) {
        return new ReadTokens(end, endTokens, added, dropped, unread);
    }

    /** The path with another piece; nothing is left unread. */
    ReadTokens then(List<Fragment> piece, Tokenizer tokenizer) {
        Run run = new Run(tokenizer, end);
        for (Fragment fragment : piece) {
            run.append(fragment);
        }
        int[] last = run.endTokens();
        run.tokens.add(last);
        int[] all = concat(run.tokens);
        int same = 0;
        while (same < endTokens.length && same < all.length && endTokens[same] == all[same]) {
            same++;
        }
        return new ReadTokens(
                run.text.toString(), last, Arrays.copyOfRange(all, same, all.length), endTokens.length - same, "");
    }

    /** The path with tokens that nothing merges with. */
    static ReadTokens apart(int[] tokens) {
        return new ReadTokens("", new int[0], tokens, 0, "");
    }

    /** Returns the same after a token that begins the text. */
    ReadTokens begunWith(int[] beginning) {
        return new ReadTokens(end, endTokens, concat(List.of(beginning, added)), dropped, rest);
    }

    private static int[] concat(List<int[]> parts) {
        return parts.stream().flatMapToInt(Arrays::stream).toArray();
    }

    /** The text since the last control token, and the tokens before it. */
    private static final class Run {
        private final Tokenizer tokenizer;
        private final List<int[]> tokens = new ArrayList<>();
        private final StringBuilder text;

        Run(Tokenizer tokenizer, String end) {
            this.tokenizer = tokenizer;
            text = new StringBuilder(end);
        }

        int[] endTokens() {
            return text.isEmpty() ? new int[0] : tokenizer.encode(text.toString(), false);
        }

        void append(Fragment fragment) {
            String rest = fragment.text();
            while (fragment.special()) {
                String next = firstControl(rest);
                if (next == null) {
                    break;
                }
                int at = rest.indexOf(next);
                text.append(rest, 0, at);
                tokens.add(endTokens());
                tokens.add(new int[] {tokenizer.controlTokens().get(next)});
                text.setLength(0);
                rest = rest.substring(at + next.length());
            }
            text.append(rest);
        }

        /** The first control token in a text, the longest if two begin there; null if there is none. */
        private @Nullable String firstControl(String in) {
            String first = null;
            int firstAt = in.length();
            for (Map.Entry<String, Integer> control : tokenizer.controlTokens().entrySet()) {
                String candidate = control.getKey();
                int at = in.indexOf(candidate);
                boolean better = at >= 0
                        && (at < firstAt || (at == firstAt && first != null && candidate.length() > first.length()));
                if (better) {
                    first = candidate;
                    firstAt = at;
                }
            }
            return first;
        }
    }
}
