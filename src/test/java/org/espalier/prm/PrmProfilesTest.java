package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.prm.HeadReading.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrmProfilesTest {
    @ParameterizedTest
    @CsvSource({
        "math-shepherd-mistral-7b-prm.Q4_K_M.gguf, llama, math-shepherd",
        "Llama3.1-8B-PRM-Deepseek-Data.Q4_K_M.gguf, llama, rlhflow",
        "Llama3.1 8B PRM Mistral Data, llama, ",
        "granite-3.3-8b-math-prm-v2-Q8_0.gguf, granite, granite-math-prm",
        "granite-3.3-8b-lora-math-prm, granite, granite-math-prm",
        "VersaPRM-Base-8B, llama, versaprm",
        "Qwen2.5-Math-PRM-7B-f16.gguf, qwen2, qwen-math-prm",
        "Qwen2.5-Math-PRM-72B, qwen2, qwen-math-prm",
        "Qwen2.5-Math-7B-PRM800K, qwen2, qwen-math-prm",
        "Qwen2.5-Math-PRM-7B, llama, ",
        "Skywork-o1-Open-PRM-Qwen-2.5-1.5B, qwen2, skywork-o1-prm",
        "Qwen2.5-Math-1.5B-Instruct-PRM-0.2, qwen2, trl-prm",
        "Qwen2-0.5B-Reward-Math-Sheperd, qwen2, trl-prm-lines",
        "PURE-PRM-7B, qwen2, pure-prm",
        "ReasonEval-7B, llama, reasoneval",
        "Skywork-Reward-V2-Qwen3-0.6B, qwen3, skywork-reward-v2-qwen3",
        "Skywork-Reward-V2-Llama-3.2-1B, llama, skywork-reward-v2-llama",
        "AceMath-7B-RM, qwen2, acemath-rm",
        "ThinkPRM-1.5B, qwen2, thinkprm",
        "GenPRM-7B.Q8_0.gguf, qwen2, genprm",
        "R-PRM-7B-DPO, qwen2, r-prm",
        "EurusPRM-Stage2, qwen2, eurus-prm",
        "Qwen2.5-Math-7B-Instruct, qwen2, ",
        "Llama-3.1-8B-Instruct, llama, "
    })
    void aModelIsRecognisedByItsNameAndArchitecture(String name, String architecture, String profile) {
        List<String> found = JudgeProfiles.recognise(List.of("model", name), architecture).stream()
                .map(JudgeProfile::name)
                .toList();
        assertThat(found).isEqualTo(profile == null ? List.of() : List.of(profile));
    }

    @Test
    void eachHeadIsReadInItsAuthorsWay() {
        float[] two = {0, (float) Math.log(3)};
        assertThat(PrmProfiles.named("qwen-math-prm").score(two)).isCloseTo(0.75, within(1e-6));
        assertThat(PrmProfiles.named("trl-prm").score(two)).isCloseTo(0.75, within(1e-6));
        assertThat(PrmProfiles.named("pure-prm").score(two)).isCloseTo(0.5, within(1e-6));
        assertThat(PrmProfiles.named("skywork-o1-prm").score(new float[] {(float) Math.log(4)}))
                .isCloseTo(0.8, within(1e-6));
        float[] three = {(float) Math.log(1), (float) Math.log(2), (float) Math.log(5)};
        assertThat(PrmProfiles.named("reasoneval").score(three)).isCloseTo(0.875, within(1e-6));
        assertThat(PrmProfiles.named("acemath-rm").score(new float[] {-7.5f})).isEqualTo(-7.5);
        assertThat(PrmProfiles.named("skywork-reward-v2-qwen3").score(new float[] {12.25f}))
                .isEqualTo(12.25);
    }

    @Test
    void hugeOutputsMakeNoNaN() {
        HeadReading reading = new HeadReading(2, Activation.SOFTMAX, List.of(1), List.of());
        assertThat(reading.score(new float[] {-3e38f, 3e38f})).isEqualTo(1);
    }

    @Test
    void whatIsNoProbabilityIsSaid() {
        assertThat(PrmProfiles.all().stream()
                        .filter(profile -> !profile.givesProbabilities())
                        .map(PrmProfile::name))
                .containsExactly("pure-prm", "skywork-reward-v2-qwen3", "skywork-reward-v2-llama", "acemath-rm");
        assertThat(PrmProfiles.all().stream()
                        .filter(profile -> profile.scope() == Scope.SOLUTION)
                        .map(PrmProfile::name))
                .containsExactly("skywork-reward-v2-qwen3", "skywork-reward-v2-llama", "acemath-rm");
    }

    @Test
    void aHeadWhoseLayersDoNotFitIsRefused() {
        DenseHead.Layer dense = new DenseHead.Layer(4, new float[4 * 3], null);
        DenseHead.Layer out = new DenseHead.Layer(4, new float[4 * 2], null);
        assertThatThrownBy(() -> DenseHead.twoLayers(dense, out))
                .hasMessage("a layer of 3 outputs before one of 4 inputs");
        assertThatThrownBy(() -> new DenseHead.Layer(4, new float[6], null))
                .hasMessage("6 weights do not make rows of 4");
        assertThatThrownBy(() -> DenseHead.linear(new DenseHead.Layer(1, new float[9], null)))
                .hasMessage("9 outputs are more than 8");
    }
}
