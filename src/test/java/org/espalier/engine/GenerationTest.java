package org.espalier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.model.SamplingParams;
import org.espalier.model.StepRequest;
import org.espalier.model.StopReason;
import org.espalier.model.StopTexts;
import org.espalier.model.TokenConfidence;
import org.espalier.model.TokenConfidence.Measure;
import org.junit.jupiter.api.Test;

class GenerationTest {
    private static final StepRequest STEP = StepRequest.toEnd(new SamplingParams(1, 0, 1, 0), 3, 50);
    private final ToyModel model = new ToyModel();
    private final int token = model.encode("a", false)[0];

    private Generation with(TokenConfidence confidence) {
        return new Generation(STEP.withConfidence(confidence), List.of(), null, 0, model, 512);
    }

    @Test
    void whoeverAsksHowSureItIsIsTold() {
        TokenConfidence confidence = new TokenConfidence(2);
        Generation generation = with(confidence);

        assertThat(generation.accept(token, -1, 3, 1)).isNull();
        assertThat(generation.accept(token, -2, 1, 2)).isNull();
        assertThat(confidence.tokens()).isEqualTo(2);
        assertThat(confidence.of(Measure.MEAN_LOGPROB)).isCloseTo(Math.exp(-1.5), within(1e-9));
        assertThat(confidence.of(Measure.MEAN_ENTROPY)).isCloseTo(Math.exp(-2), within(1e-9));
    }

    @Test
    void aStepEndsWhereItIsTooUnsure() {
        Generation generation = with(new TokenConfidence(2).above(Math.exp(-2)));

        assertThat(generation.accept(token, -5, 0, 1)).as("no whole group").isNull();
        assertThat(generation.accept(token, 0, 0, 2)).isEqualTo(StopReason.UNSURE);
    }

    @Test
    void anEndOfTurnIsAnEnd() {
        Generation generation = with(new TokenConfidence(1).above(1));

        assertThat(generation.accept(ToyModel.EOS, -5, 0, 1)).isEqualTo(StopReason.EOS);
    }

    @Test
    void aStopTextOverTwoTokensEndsTheReplyBeforeIt() {
        StringBuilder told = new StringBuilder();
        StepRequest request = STEP.withStops(new StopTexts(List.of("zz", "bc"), ""))
                .withOnText(told::append)
                .withDelimiter(null, true);
        Generation generation = new Generation(request, List.of(), null, 0, model, 512);
        int length = 0;
        StopReason reason = null;
        for (int next : model.encode("abab", false)) {
            reason = generation.accept(next, -1, 1, ++length);
            assertThat(reason).isNull();
            generation.tell(generation.unread());
        }
        assertThat(told).as("a last b may begin the stop text").hasToString("aba");
        reason = generation.accept(model.encode("c", false)[0], -1, 1, ++length);
        assertThat(reason).as("its token has a place in the sequence").isEqualTo(StopReason.DELIMITER);
        generation.tell(generation.unread());
        assertThat(told).hasToString("aba");
    }
}
