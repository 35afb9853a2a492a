package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Collectors;
import org.espalier.model.ChatMessage;
import org.espalier.model.EspalierException;
import org.espalier.model.Problem;
import org.espalier.model.ProcessRewardModel;
import org.espalier.model.Step;
import org.espalier.model.StopReason;
import org.espalier.model.Tokenizer;
import org.espalier.model.UsageException;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.Fragment;
import org.junit.jupiter.api.Test;

class PrmFormatTest {
    private static final Problem PROBLEM = new Problem("p", "What is 1 + 1?");

    private static final PrmProfile CHAT = new PrmProfile(
            "chat",
            "",
            PrmProfile.Layout.CHAT,
            null,
            "{problem}",
            " {step}",
            "{step}",
            "+",
            "+",
            "-",
            PrmProfile.Normalisation.PAIR,
            ProcessRewardModel.Scope.PATH);

    /** A token is a character. */
    private static class CharacterTokenizer implements Tokenizer {
        @Override
        public int[] encode(String text, boolean special) {
            return text.codePoints().toArray();
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
            return 4;
        }
    }

    private static String text(List<Fragment> fragments) {
        return fragments.stream().map(Fragment::text).collect(Collectors.joining());
    }

    private static PrmFormat format(String profile) {
        return new PrmFormat(PrmProfiles.named(profile), ChatTemplate.CHATML);
    }

    @Test
    void stepsOfAChatAreTurnsThatEndWhereTheReplyBegins() {
        PrmFormat format = new PrmFormat(CHAT, ChatTemplate.CHATML);
        String spliced = text(format.opening(PROBLEM))
                + text(format.step("Step 1: one.\n\n", true))
                + text(format.step("Step 2: two.\n\n", false))
                + text(format.step("Step 3: three.", false));
        List<ChatMessage> dialogue = List.of(
                ChatMessage.user("What is 1 + 1? Step 1: one."),
                ChatMessage.assistant("+"),
                ChatMessage.user("Step 2: two."),
                ChatMessage.assistant("+"),
                ChatMessage.user("Step 3: three."));
        assertThat(spliced).isEqualTo(ChatTemplate.CHATML.render(dialogue, true));
    }

    @Test
    void eachLineOfASkyworkStepIsClosed() {
        PrmFormat format = format("skywork-o1-prm");
        assertThat(text(format.step("One\n\n\ntwo\nthree.\n\n", true))).isEqualTo("One\n\n\ntwo\nthree.\n");
    }

    @Test
    void mathShepherdClosesEachStepWithItsTag() {
        PrmFormat format = format("math-shepherd");
        String spliced = text(format.opening(PROBLEM))
                + text(format.step("Step 1: one.\n\n", true))
                + text(format.step("Step 2: two.\n\n", false));
        assertThat(spliced).isEqualTo("What is 1 + 1? Step 1: one. ки\nStep 2: two. ки");
    }

    @Test
    void searchAndLearnTellsMathShepherdTheInstructionAndTagsBeforeEachDelimiter() {
        PrmFormat format =
                new PrmFormat(PrmProfiles.named("math-shepherd"), ChatTemplate.CHATML, "Solve.").searchAndLearn();
        assertThat(format.readsEmptyEnds()).isFalse();
        String spliced = text(format.opening(PROBLEM))
                + text(format.step("One.\n\nMore.\n\n", true))
                + text(format.step("Two.", false));
        assertThat(spliced).isEqualTo("Solve.\nWhat is 1 + 1?\n One. ки\n\nMore. ки\n\nTwo. ки");
        assertThat(format("trl-prm").searchAndLearn().readsEmptyEnds()).isTrue();
    }

    @Test
    void aSearchsDelimiterThatIsOneLineEndIsNotFed() {
        PrmFormat format = format("math-psa");
        Tokenizer characters = new CharacterTokenizer();
        ReadTokens open = format.opening(PROBLEM, characters);
        assertThat(added(format.step(open, step("One. \n", StopReason.DELIMITER), true, characters)))
                .isEqualTo(" One.  \n\n\n\n\n");
        assertThat(added(format.step(open, step("One. \n", StopReason.EOS), true, characters)))
                .isEqualTo(" One. \n \n\n\n\n\n");
        assertThat(added(format.step(open, step("One. \n\n", StopReason.DELIMITER), true, characters)))
                .isEqualTo(" One.  \n\n\n\n\n");
    }

    private static Step step(String text, StopReason reason) {
        return new Step(() -> {}, text, 1, reason, 0, 0);
    }

    private static String added(ReadTokens read) {
        return new String(read.added(), 0, read.added().length);
    }

    @Test
    void espaliersOwnPrmsReadChatMlWithAMarkInPlaceOfTheDelimiter() {
        PrmFormat format = format("espalier-verdict");
        String spliced = text(format.opening(PROBLEM))
                + text(format.step("## Step 1: one.\n\n", true))
                + text(format.step("## Step 2: two.\n\n", false));
        assertThat(spliced)
                .isEqualTo(ChatTemplate.CHATML.render(List.of(ChatMessage.user("What is 1 + 1?")), true)
                        + "## Step 1: one.<|step|>## Step 2: two.<|step|>");
    }

    @Test
    void aMarkInAProblemOrAStepIsTextAndTheTemplatesIsAToken() {
        PrmFormat format = format("espalier-verdict");
        assertThat(format.opening(new Problem("p", "<|step|><|im_end|>")))
                .containsExactly(
                        new Fragment("<|im_start|>user\n", true),
                        new Fragment("<|step|><|im_end|>", false),
                        new Fragment("<|im_end|>\n<|im_start|>assistant\n", true));
        assertThat(format.step(" <|right|><|step|> ", true))
                .containsExactly(new Fragment("<|right|><|step|>", false), new Fragment("<|step|>", true));
        assertThat(format.step("{step}", false))
                .containsExactly(new Fragment("{step}", false), new Fragment("<|step|>", true));
    }

    @Test
    void whatAPolicyWroteIsNeverReadAsAControlToken() {
        List<Fragment> step = format("rlhflow").step("<|im_end|> {step} {problem}", true);
        assertThat(step).anySatisfy(fragment -> {
            assertThat(fragment.text()).isEqualTo("<|im_end|> {step} {problem}");
            assertThat(fragment.special()).isFalse();
        });
    }

    @Test
    void aTemplateThatRewritesEarlierTurnsIsRefused() {
        ChatTemplate lastTurnOnly =
                (messages, openReply) -> messages.get(messages.size() - 1).content() + "\nreply:";
        assertThatThrownBy(() -> new PrmFormat(CHAT, lastTurnOnly))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rewrites earlier turns");
    }

    @Test
    void scoresAreProbabilities() {
        PrmProfile pair = PrmProfiles.named("rlhflow");
        assertThat(pair.score(new float[] {(float) Math.log(0.3), (float) Math.log(0.1)}))
                .isCloseTo(0.75, within(1e-6));
        assertThat(pair.score(new float[] {-200, -1})).isBetween(0.0, 1e-50);
        PrmProfile whole = PrmProfiles.named("granite-math-prm");
        assertThat(whole.score(new float[] {(float) Math.log(0.3)})).isCloseTo(0.3, within(1e-6));
    }

    @Test
    void aVocabularyWithoutTheVerdictTokenIsNamed() {
        Tokenizer letters = new CharacterTokenizer() {
            @Override
            public int[] encode(String text, boolean special) {
                return text.equals("+") ? new int[] {1} : new int[] {2, 3};
            }
        };
        assertThatThrownBy(() -> PrmProfiles.named("rlhflow").verdictTokens(letters))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("\"-\"")
                .hasMessageContaining("own model with prm");
    }

    @Test
    void anUnknownProfileListsTheKnownOnes() {
        assertThatThrownBy(() -> PrmProfiles.named("nope"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("math-shepherd, rlhflow, granite-math-prm, ");
    }
}
