package org.espalier.engine;

import org.espalier.model.Tokenizer;

/** A vocabulary that says the same thing over and over and never ends. */
final class OneWord implements Tokenizer {
    static final int TOKEN = 7;

    private final byte[] piece;

    OneWord(byte[] piece) {
        this.piece = piece;
    }

    @Override
    public int[] encode(String text, boolean special) {
        return new int[text.length()];
    }

    @Override
    public int[] beginning() {
        return new int[0];
    }

    @Override
    public byte[] piece(int token) {
        return piece;
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        return false;
    }

    @Override
    public int size() {
        return TOKEN + 1;
    }
}
