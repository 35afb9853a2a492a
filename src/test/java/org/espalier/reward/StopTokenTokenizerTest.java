package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.espalier.engine.ToyModel;
import org.espalier.model.Tokenizer;
import org.junit.jupiter.api.Test;

class StopTokenTokenizerTest {
    private final Tokenizer vocabulary = new ToyModel() {
        @Override
        public Map<String, Integer> controlTokens() {
            return Map.of("$", EOS);
        }

        @Override
        public int[] beginning() {
            return new int[] {7};
        }

        @Override
        public int[] textStart() {
            return new int[] {8};
        }
    };
    private final Tokenizer marked = new StopTokenTokenizer(vocabulary, List.of("n", "ab"));

    @Test
    void marksOfOneTokenEndATurn() {
        int mark = vocabulary.encode("n", true)[0];
        assertThat(marked.isEndOfGeneration(mark)).isTrue();
        assertThat(marked.isEndOfGeneration(ToyModel.EOS)).isTrue();
        assertThat(marked.isEndOfGeneration(vocabulary.encode("a", true)[0])).isFalse();
    }

    @Test
    void allElseIsTheVocabularys() {
        assertThat(marked.encode("ab c", true)).isEqualTo(vocabulary.encode("ab c", true));
        assertThat(marked.controlTokens()).isEqualTo(vocabulary.controlTokens());
        assertThat(marked.beginning()).containsExactly(7);
        assertThat(marked.textStart()).containsExactly(8);
        assertThat(marked.piece(3)).isEqualTo(vocabulary.piece(3));
        assertThat(marked.size()).isEqualTo(vocabulary.size());
    }
}
