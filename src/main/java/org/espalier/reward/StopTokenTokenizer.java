package org.espalier.reward;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.ForwardingTokenizer;
import org.espalier.model.Tokenizer;

/**
 * A vocabulary with further stop tokens. They end a generation as the model's own end of turn does: they are not appended, so
 * that something else can be put in their place. A stop text of more than one token is ignored.
 */
public final class StopTokenTokenizer extends ForwardingTokenizer {
    private final int[] stops;

    /** @param stops such as the mark that ends a model's thinking */
    public StopTokenTokenizer(Tokenizer tokenizer, List<String> stops) {
        super(tokenizer);
        this.stops = stops.stream()
                .map(stop -> tokenizer.encode(stop, true))
                .filter(tokens -> tokens.length == 1)
                .mapToInt(tokens -> tokens[0])
                .toArray();
    }

    @Override
    public boolean isEndOfGeneration(int token) {
        for (int stop : stops) {
            if (stop == token) {
                return true;
            }
        }
        return super.isEndOfGeneration(token);
    }

    @Override
    public String toString() {
        return super.toString() + " with the stop tokens " + Arrays.toString(stops);
    }
}
