package org.espalier.reward;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.ForwardingTokenizer;
import org.espalier.model.Tokenizer;

/**
 * A vocabulary in which some marks end what a model writes as its own end of turn does: they are not appended, so that
 * something else can be put in their place. Marks that are more than one token are left alone.
 */
public final class EndMarks extends ForwardingTokenizer {
    private final int[] marks;

    /** @param marks such as the one that ends a model's thinking */
    public EndMarks(Tokenizer tokenizer, List<String> marks) {
        super(tokenizer);
        this.marks = marks.stream()
                .map(mark -> tokenizer.encode(mark, true))
                .filter(tokens -> tokens.length == 1)
                .mapToInt(tokens -> tokens[0])
                .toArray();
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        for (int mark : marks) {
            if (mark == token) {
                return true;
            }
        }
        return super.isEndOfGeneration(token);
    }

    @Override
    public String toString() {
        return super.toString() + " with the end marks " + Arrays.toString(marks);
    }
}
