package org.espalier.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;
import org.espalier.model.Tokenizer;

/** A token for each byte, and two that begin and end a text. */
public final class ByteTokenizer implements Tokenizer {
    public static final int BEGIN = 256;
    public static final int END = 257;
    private static final Map<String, Integer> CONTROLS = Map.of("<s>", BEGIN, "</s>", END);

    @Override
    public int[] encode(String text, boolean special) {
        if (special && CONTROLS.containsKey(text)) {
            return new int[] {CONTROLS.get(text)};
        }
        byte[] bytes = text.getBytes(UTF_8);
        int[] tokens = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i] = Byte.toUnsignedInt(bytes[i]);
        }
        return tokens;
    }

    @Override
    public Map<String, Integer> controlTokens() {
        return CONTROLS;
    }

    @Override
    public int[] beginning() {
        return new int[] {BEGIN};
    }

    @Override
    public int[] textEnd() {
        return new int[] {END};
    }

    @Override
    public byte[] piece(int token) {
        return token < BEGIN ? new byte[] {(byte) token} : new byte[0];
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return token == END;
    }

    @Override
    public int size() {
        return END + 1;
    }
}
