package org.espalier.reward;

import java.util.Arrays;
import java.util.List;
import org.espalier.model.Tokenizer;
import org.espalier.prompt.Fragment;

/** Token lists. */
public final class Tokens {
    private Tokens() {}

    /** The tokens of a text from its beginning, for a context that holds so many at most. */
    public static int[] fromBeginning(List<Fragment> fragments, Tokenizer tokenizer, int most) {
        return concat(tokenizer.beginning(), Fragment.encode(fragments, tokenizer, most));
    }

    static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
