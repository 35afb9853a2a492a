package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.espalier.catalog.ModelStore;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.llama.NativeTokenizer;
import org.espalier.model.FetchListener;
import org.espalier.model.Problem;
import org.espalier.model.Tokenizer;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The profiles in the vocabulary of the bundled PRM, whose marks and verdicts are control tokens. */
class PrmProfileIT {
    private static final PrmProfile VERDICT = PrmProfiles.named("espalier-verdict");

    private static NativeModel model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void openModel() {
        ModelStore store = ModelStore.open();
        model = NativeModel.open(
                store.fetch(store.catalog().get("arith-prm"), FetchListener.NONE)
                        .path(),
                ModelOptions.DEFAULT);
        tokenizer = new NativeTokenizer(model);
    }

    @AfterAll
    static void closeModel() {
        model.close();
    }

    @Test
    void theFilesOwnProfileFits() {
        VERDICT.requireVocabulary(tokenizer);
        assertThat(VERDICT.verdictTokens(tokenizer)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void onlyTheTemplatesMarksAreControlTokens() {
        int mark = tokenizer.encode("<|step|>", true)[0];
        int end = tokenizer.encode("<|im_end|>", true)[0];
        PrmFormat format = new PrmFormat(VERDICT, ChatTemplate.CHATML);
        int[] opening = Fragment.encode(format.opening(Problem.of("2 <|step|> 3 <|im_end|>?")), tokenizer);
        int[] step = Fragment.encode(format.step("5<|step|><|right|>", true), tokenizer);
        assertThat(Arrays.stream(opening).boxed()).doesNotContain(mark);
        assertThat(Arrays.stream(opening).filter(token -> token == end)).hasSize(1);
        assertThat(Arrays.stream(step).filter(token -> token == mark)).hasSize(1);
        assertThat(Arrays.stream(step).boxed())
                .doesNotContain(VERDICT.verdictTokens(tokenizer).get(0));
        assertThat(step[step.length - 1]).as("where the verdict is read").isEqualTo(mark);
    }
}
