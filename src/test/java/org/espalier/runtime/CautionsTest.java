package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.espalier.catalog.CatalogEntry.Scope;
import org.espalier.model.Problem;
import org.espalier.model.Tokenizer;
import org.espalier.model.Warning;
import org.junit.jupiter.api.Test;

class CautionsTest {
    private static final Scope STORIES =
            new Scope("stories", 2, Optional.of(9), 2.4, "another-model", Optional.empty());

    /** A word of up to four letters is a token; a longer one takes one for each letter. */
    private static final Tokenizer WORDS = new Tokenizer() {
        @Override
        public int[] encode(String text, boolean special) {
            int letters = text.strip().length();
            return new int[letters > 4 ? letters : 1];
        }

        @Override
        public int[] beginning() {
            return new int[0];
        }

        @Override
        public byte[] piece(int token) {
            return new byte[0];
        }

        @Override
        public boolean isEndOfGeneration(int token) {
            return false;
        }

        @Override
        public int size() {
            return 1;
        }
    };

    private static List<Warning> of(String problem) {
        return new Cautions("toy", false, Optional.of(STORIES), WORDS).of(Problem.of(problem));
    }

    @Test
    void aProblemOfItsKindIsNothingToSpeakOf() {
        assertThat(of("Tom has 5 nuts and eats 2. How many now?")).isEmpty();
        assertThat(of("12*7-5")).isEmpty();
    }

    @Test
    void aQuestionWithoutNumbersIsNone() {
        List<Warning> warnings = of("What is the sum?");
        assertThat(warnings).extracting(Warning::code).containsExactly(Warning.OUTSIDE_MODEL);
        assertThat(warnings.get(0).message())
                .startsWith("toy knows stories and nothing else")
                .contains("no numbers")
                .endsWith("espalier models fetch another-model");
        assertThat(of("What is 7?").get(0).message()).contains("too few numbers");
    }

    @Test
    void moreNumbersThanItsProblemsHaveAreASign() {
        assertThat(of("1 2 3 4 5 6 7 8 9")).isEmpty();
        assertThat(of("1 2 3 4 5 6 7 8 9 10").get(0).message()).contains("too many numbers");
    }

    @Test
    void wordsThatItDoesNotKnowAreASign() {
        assertThat(of("Whatever happened between 1914 and 1918 throughout Mesopotamia?")
                        .get(0)
                        .message())
                .contains("does not know its words");
    }

    @Test
    void aLongProblemIsToldByItsBeginning() {
        String words = "a nut ".repeat(1000);
        assertThat(of("1 2 " + words + " photosynthesis".repeat(100_000))).isEmpty();
    }

    @Test
    void aBaseModelIsTakenForOne() {
        assertThat(new Cautions("toy", true, Optional.empty(), WORDS).of(Problem.of("1 + 1?")))
                .extracting(Warning::code)
                .containsExactly(Warning.BASE_MODEL);
    }
}
