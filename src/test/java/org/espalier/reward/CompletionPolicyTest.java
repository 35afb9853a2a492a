package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.Budget;
import org.espalier.model.Meter;
import org.espalier.model.Prefix;
import org.espalier.model.Problem;
import org.espalier.model.SamplingParams;
import org.espalier.model.Step;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.prompt.ChatTemplate;
import org.espalier.testing.EventLoop;
import org.espalier.testing.ScriptedPolicy;
import org.junit.jupiter.api.Test;

class CompletionPolicyTest {
    private static final StepRequest TO_END = StepRequest.toEnd(SamplingParams.GREEDY, 1, 100);

    private final EventLoop loop = EventLoop.inOrder();
    private final ScriptedPolicy written = new ScriptedPolicy(loop);
    private final CompletionPolicy policy = new CompletionPolicy(written, ChatTemplate.NEXT_QUESTION);

    private Step extend(StepRequest request) {
        try (Prefix root = policy.open(Problem.of("how much?"), new Meter(Budget.UNLIMITED))) {
            Step step = loop.await(policy.extend(root, request));
            step.prefix().close();
            return step;
        }
    }

    @Test
    void aReplyEndsWhereTheNextQuestionWouldBegin() {
        written.on("", " It is 2.\nQuestion: And how much is 2 + 2?");
        Step step = extend(TO_END);

        assertThat(step.text()).isEqualTo(" It is 2.");
        assertThat(step.stopReason()).isEqualTo(StopReason.EOS);
        assertThat(step.tokens()).as("what was cut off was sampled").isGreaterThan(3);
    }

    @Test
    void aStepThatIsTheNextQuestionIsTheEnd() {
        written.on("", "Question: And how much is 2 + 2?|");
        Step step = extend(TO_END.withDelimiter("\n\n", false));

        assertThat(step.text()).isEmpty();
        assertThat(step.stopReason()).isEqualTo(StopReason.EOS);
    }

    @Test
    void whatOnlySpeaksOfAQuestionGoesOn() {
        written.on("", "The Question: who knows?|");
        Step step = extend(TO_END.withDelimiter("\n\n", false));

        assertThat(step.text()).isEqualTo("The Question: who knows?\n\n");
        assertThat(step.stopReason()).isEqualTo(StopReason.DELIMITER);
    }

    @Test
    void textIsNotToldBeforeItIsKnownToStay() {
        written.on("", "Two.\nQuestion: And now?");
        extend(TO_END.withOnText(text -> {}));

        assertThat(written.calls())
                .singleElement()
                .extracting(call -> call.request().onText())
                .isNull();
    }
}
