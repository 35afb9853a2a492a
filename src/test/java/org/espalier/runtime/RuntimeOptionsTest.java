package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.espalier.model.TokenConfidence.Measure;
import org.espalier.model.UsageException;
import org.espalier.prompt.SolvePrompt;
import org.junit.jupiter.api.Test;

class RuntimeOptionsTest {
    private RuntimeOptions options = RuntimeOptions.DEFAULT;

    @Test
    void theOptionBeatsThePolicysOwnInstructionWhichBeatsStepByStep() {
        assertThat(options.systemOfPolicy(null)).isEqualTo(SolvePrompt.STEP_BY_STEP);
        assertThat(options.systemOfPolicy("")).isEmpty();
        assertThat(options.systemOfPolicy("Reckon.")).isEqualTo("Reckon.");
        options = options.withSystem("Be brief.");
        assertThat(options.systemOfPolicy("Reckon.")).isEqualTo("Be brief.");
        assertThat(options.systemOfPolicy(null)).isEqualTo("Be brief.");
        options = options.withSystem("");
        assertThat(options.systemOfPolicy("Reckon.")).isEmpty();
    }

    @Test
    void aJudgesOwnInstructionBeatsThePolicys() {
        assertThat(options.systemOfJudge(null)).isEqualTo(SolvePrompt.STEP_BY_STEP);
        options = options.withSystem("Be brief.");
        assertThat(options.systemOfJudge(null)).isEqualTo("Be brief.");
        assertThat(options.systemOfJudge("")).isEmpty();
    }

    @Test
    void aLikelihoodJudgeIsNamedAfterItsPrefix() {
        PrmSettings prm = PrmSettings.DEFAULT;
        assertThat(prm.isNamed()).isFalse();
        assertThat(prm.isSelf()).isFalse();
        assertThat(prm.isLikelihood()).isFalse();
        prm = prm.withModel("self");
        assertThat(prm.isNamed()).isTrue();
        assertThat(prm.isSelf()).isTrue();
        prm = prm.withModel("likelihood:large.gguf");
        assertThat(prm.isLikelihood()).isTrue();
        assertThat(prm.judge()).isEqualTo("large.gguf");
        assertThat(prm.isConfidence()).isFalse();
        prm = prm.withModel("prm.gguf");
        assertThat(prm.isLikelihood()).isFalse();
        assertThat(prm.judge()).isEqualTo("prm.gguf");
    }

    @Test
    void confidenceMayNameItsMeasure() {
        PrmSettings prm = PrmSettings.DEFAULT.withModel("confidence");
        assertThat(prm.isConfidence()).isTrue();
        assertThat(prm.measure()).isEqualTo(PrmSettings.USUAL_MEASURE);
        assertThat(prm.withModel("confidence:tail-logprob").measure()).isEqualTo(Measure.TAIL_LOGPROB);
        for (String unknown : List.of("confidence:", "confidence:median")) {
            assertThatThrownBy(() -> PrmSettings.DEFAULT.withModel(unknown).measure())
                    .isInstanceOf(UsageException.class)
                    .hasMessage("prm " + unknown + " is unknown: choose confidence: and one of mean-logprob,"
                            + " tail-logprob, lowest-logprob, mean-entropy, tail-entropy, lowest-entropy");
        }
    }
}
