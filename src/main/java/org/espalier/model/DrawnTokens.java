package org.espalier.model;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a step as they are drawn, for whoever wants to know them: a policy that keeps any puts them in. On the
 * policy's thread, until the step is there.
 */
public final class DrawnTokens {
    /** So many of the likeliest tokens can be kept. */
    public static final int MOST_LIKELIEST = 20;

    private static final int NO_TOKEN = -1;

    private final int likeliest;
    /** Each drawn token, and then the likeliest in its place. */
    private int[] ids = new int[0];

    private float[] logProbs = new float[0];
    private int size;
    private int told;
    /** Bytes of the text that has been told, and of the tokens that have been. */
    private int toldText;

    private int toldTokens;
    private @Nullable Vocabulary vocabulary;

    /** What tokens mean. */
    public interface Vocabulary {
        /** The bytes that a token adds to a text. */
        byte[] piece(int token);

        /** What a token that adds none is called. */
        String name(int token);
    }

    /** @param likeliest tokens that are to be kept with each: 0 to {@value #MOST_LIKELIEST} */
    public DrawnTokens(int likeliest) {
        this.likeliest = likeliest;
    }

    /** Tokens that are to be kept with each. */
    public int likeliest() {
        return likeliest;
    }

    /** A token has been drawn. */
    public void add(int token, float logProb, Vocabulary of) {
        vocabulary = of;
        int at = size * (1 + likeliest);
        if (at + likeliest >= ids.length) {
            int room = Math.max(32 * (1 + likeliest), 2 * ids.length);
            ids = Arrays.copyOf(ids, room);
            logProbs = Arrays.copyOf(logProbs, room);
        }
        Arrays.fill(ids, at, at + 1 + likeliest, NO_TOKEN);
        ids[at] = token;
        logProbs[at] = logProb;
        size++;
    }

    /**
     * Says what is likely in the place of the last token.
     *
     * @param place among the likeliest, from 0
     * @param token negative if there are no more
     */
    public void put(int place, int token, float logProb) {
        int at = (size - 1) * (1 + likeliest) + 1 + place;
        ids[at] = token;
        logProbs[at] = logProb;
    }

    /** All of them. */
    public List<DrawnToken> all() {
        return range(0, size);
    }

    /**
     * Those that begin in more of the step's text, and that this has not returned before.
     *
     * @param more of the text behind what this was given before
     */
    public List<DrawnToken> next(String more) {
        toldText += more.getBytes(StandardCharsets.UTF_8).length;
        int first = told;
        Vocabulary known = vocabulary;
        while (told < size && known != null && toldTokens < toldText) {
            toldTokens += known.piece(ids[told * (1 + likeliest)]).length;
            told++;
        }
        return range(first, told);
    }

    private List<DrawnToken> range(int first, int end) {
        List<DrawnToken> tokens = new ArrayList<>();
        Vocabulary known = vocabulary;
        for (int i = first; i < end && known != null; i++) {
            int at = i * (1 + likeliest);
            List<DrawnToken.Expected> others = new ArrayList<>();
            for (int k = at + 1; k <= at + likeliest && ids[k] >= 0; k++) {
                byte[] piece = known.piece(ids[k]);
                others.add(expected(
                        k, piece.length > 0 ? piece : known.name(ids[k]).getBytes(StandardCharsets.UTF_8)));
            }
            tokens.add(new DrawnToken(expected(at, known.piece(ids[at])), others));
        }
        return List.copyOf(tokens);
    }

    private DrawnToken.Expected expected(int at, byte[] text) {
        List<Integer> bytes = new ArrayList<>();
        for (byte one : text) {
            bytes.add(Byte.toUnsignedInt(one));
        }
        return new DrawnToken.Expected(ids[at], new String(text, StandardCharsets.UTF_8), bytes, logProbs[at]);
    }
}
