package org.espalier.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.espalier.engine.FakeRunner;
import org.espalier.engine.Lane;
import org.espalier.engine.ToyModel;
import org.espalier.model.EspalierException;
import org.espalier.prompt.ChatTemplate;
import org.espalier.prompt.SolvePrompt;
import org.junit.jupiter.api.Test;

class MarkJudgeTest {
    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = (float) Math.log(probabilities[i]);
        }
        return logs;
    }

    @Test
    void theScoreIsTheExpectedMark() {
        // A mark of 4.25, from the digits alone: the half that says something else does not count.
        assertThat(MarkJudge.score(logs(0, 0, .125, .125, .25))).isCloseTo(3.25 / 4, within(1e-6));
        assertThat(MarkJudge.score(logs(1, 0, 0, 0, 0))).isZero();
        assertThat(MarkJudge.score(logs(0, 0, 0, 0, .5))).isEqualTo(1);
    }

    @Test
    void whereNoDigitIsLikelyThereIsNoMark() {
        assertThat(MarkJudge.score(logs(.002, .002, .002, .002, .001))).isNaN();
        assertThat(MarkJudge.score(logs(0, 0, 0, 0, 0))).isNaN();
    }

    @Test
    void aModelWithoutDigitsIsRefused() {
        ToyModel wordless = new ToyModel() {
            @Override
            public int[] encode(String text, boolean special) {
                return text.length() == 1 && Character.isDigit(text.charAt(0))
                        ? new int[] {2, 3}
                        : super.encode(text, special);
            }
        };
        FakeRunner runner = FakeRunner.unified(64, 4);
        SolvePrompt prompt = new SolvePrompt(ChatTemplate.CHATML, null);
        assertThatThrownBy(() -> new MarkJudge(new Lane("judge", wordless, runner), runner, prompt, false))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "this model cannot give marks: \"1\" is not one token of its vocabulary; name another judge with"
                                + " prm");
    }
}
