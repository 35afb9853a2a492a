package org.espalier.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.espalier.model.StepRequest;
import org.espalier.model.Tokenizer;

/**
 * A language model of 20 byte tokens whose next token is a hash of the whole path and, after three of five paths, of the
 * seed: after the others it is sure, so that branches with different seeds write the same for a while.
 */
public class ToyModel implements Tokenizer {
    public static final int EOS = 0;
    private static final String ALPHABET = "$\nabcdefghijklmnop .";

    public static int next(int[] path, long seed) {
        long path5 = Math.floorMod(Arrays.hashCode(path) * 0x9E3779B97F4A7C15L >>> 33, 5L);
        long hash = (path5 < 2 ? 0 : seed) * 0x9E3779B97F4A7C15L + Arrays.hashCode(path);
        hash = (hash ^ hash >>> 29) * 0xBF58476D1CE4E5B9L;
        int token = (int) Math.floorMod(hash ^ hash >>> 32, 2L * ALPHABET.length());
        return token < ALPHABET.length() ? token : 2 + token % (ALPHABET.length() - 2);
    }

    public static float logProb(int[] path, int index) {
        return -1 - Math.floorMod(Arrays.hashCode(path) * 31 + index, 1000) / 500f;
    }

    /** What an engine of unlimited memory would sample after a path, computed without one. */
    public static String extend(int[] path, StepRequest request) {
        int[] tokens = path.clone();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < request.maxTokens(); i++) {
            int token = next(tokens, request.seed());
            if (token == EOS) {
                break;
            }
            tokens = ToyModel.concat(tokens, new int[] {token});
            text.append(ALPHABET.charAt(token));
            String delimiter = request.delimiter();
            if (delimiter != null
                    && !text.toString().isBlank()
                    && text.toString().stripLeading().contains(delimiter)) {
                break;
            }
        }
        return text.toString();
    }

    public static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    @Override
    public int[] encode(String text, boolean special) {
        return text.chars().map(c -> Math.max(2, ALPHABET.indexOf(c))).toArray();
    }

    /** The tokens of a sampled text, line ends included. */
    public static int[] tokens(String text) {
        return text.chars().map(ALPHABET::indexOf).toArray();
    }

    @Override
    public int[] beginning() {
        return new int[0];
    }

    @Override
    public byte[] piece(int token) {
        return ALPHABET.substring(token, token + 1).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return token == EOS;
    }

    @Override
    public int size() {
        return ALPHABET.length();
    }
}
