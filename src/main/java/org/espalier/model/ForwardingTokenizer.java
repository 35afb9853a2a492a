package org.espalier.model;

import java.util.Map;

/** A vocabulary that is another one but for what a subclass overrides. */
@Internal
public abstract class ForwardingTokenizer implements Tokenizer {
    private final Tokenizer tokenizer;

    /** @param tokenizer answers what is not overridden */
    protected ForwardingTokenizer(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public int[] encode(String text, boolean special) {
        return tokenizer.encode(text, special);
    }

    @Override
    public int[] encode(String text, boolean special, int most) {
        return tokenizer.encode(text, special, most);
    }

    @Override
    public Map<String, Integer> controlTokens() {
        return tokenizer.controlTokens();
    }

    @Override
    public int[] beginning() {
        return tokenizer.beginning();
    }

    @Override
    public int[] textStart() {
        return tokenizer.textStart();
    }

    @Override
    public int[] textEnd() {
        return tokenizer.textEnd();
    }

    @Override
    public byte[] piece(int token) {
        return tokenizer.piece(token);
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return tokenizer.isEndOfGeneration(token);
    }

    @Override
    public int size() {
        return tokenizer.size();
    }

    @Override
    public String toString() {
        return tokenizer.toString();
    }
}
