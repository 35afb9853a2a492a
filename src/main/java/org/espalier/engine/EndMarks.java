package org.espalier.engine;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.Tokenizer;

/**
 * A vocabulary in which some marks end what a model writes as its own end of turn does: they are not appended, so that
 * something else can be put in their place. Marks that are more than one token are left alone.
 */
public final class EndMarks implements Tokenizer {
    private final Tokenizer tokenizer;
    private final int[] marks;

    /** @param marks such as the one that ends a model's thinking */
    public EndMarks(Tokenizer tokenizer, List<String> marks) {
        this.tokenizer = tokenizer;
        this.marks = marks.stream()
                .map(mark -> tokenizer.encode(mark, true))
                .filter(tokens -> tokens.length == 1)
                .mapToInt(tokens -> tokens[0])
                .toArray();
    }

    @Override
    public int[] encode(String text, boolean special) {
        return tokenizer.encode(text, special);
    }

    @Override
    public int[] beginning() {
        return tokenizer.beginning();
    }

    @Override
    public byte[] piece(int token) {
        return tokenizer.piece(token);
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        for (int mark : marks) {
            if (mark == token) {
                return true;
            }
        }
        return tokenizer.isEndOfGeneration(token);
    }

    @Override
    public int size() {
        return tokenizer.size();
    }

    @Override
    public String toString() {
        return tokenizer + " with the end marks " + Arrays.toString(marks);
    }
}
