package org.espalier.prm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.espalier.model.ProcessRewardModel.Scope;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;

class JudgeProfilesTest {
    private static GenerativeProfile generative(String name) {
        return (GenerativeProfile) JudgeProfiles.named(name);
    }

    @Test
    void allFamiliesAreFoundByNamesOfTheirOwn() {
        assertThat(JudgeProfiles.all())
                .extracting(JudgeProfile::name)
                .doesNotHaveDuplicates()
                .contains("rlhflow", "thinkprm", "genprm", "r-prm", "eurus-prm", "implicit-prm");
        assertThatThrownBy(() -> JudgeProfiles.named("nobody"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("known are ")
                .hasMessageContaining("thinkprm");
    }

    @Test
    void oneCritiqueIsDrawnAsTheAuthorsDrawOne() {
        assertThat(generative("thinkprm").critiqueSampling().temperature()).isZero();
        assertThat(generative("thinkprm").with(4, null).critiqueSampling().temperature())
                .isEqualTo(0.7);
        assertThat(generative("r-prm").samples()).isEqualTo(10);
    }

    @Test
    void anotherEffortNeedsAnotherContext() {
        GenerativeProfile profile = generative("thinkprm").with(2, 500);
        assertThat(profile.samples()).isEqualTo(2);
        assertThat(profile.maxTokens()).isEqualTo(500);
        assertThat(profile.contextTokens()).isEqualTo(4352 - 4096 + 500);
        assertThatThrownBy(() -> generative("thinkprm").with(0, null)).hasMessageContaining("prmSamples");
        assertThatThrownBy(() -> generative("thinkprm").with(null, 0)).hasMessageContaining("prmTokens");
    }

    @Test
    void aVerdictIsTheOddsOfItsTwoTokens() {
        assertThat(generative("thinkprm").score(new float[] {(float) Math.log(0.3), (float) Math.log(0.1)}))
                .isCloseTo(0.75, within(1e-6));
    }

    @Test
    void anImplicitRewardIsTheSigmoidOfItsSum() {
        ImplicitProfile profile = (ImplicitProfile) JudgeProfiles.named("eurus-prm");
        // The authors' example scale: 0.001 times a log-ratio of -40 before and 10 in the step.
        assertThat(profile.score(-40, 10)).isCloseTo(1 / (1 + Math.exp(0.03)), within(1e-9));
        assertThat(profile.scope()).isEqualTo(Scope.PATH);
        ImplicitProfile alone = new ImplicitProfile("alone", "", null, "{step}", false, "\n\n", 0.5, false, null);
        assertThat(alone.score(-40, 2)).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-9));
        assertThat(alone.scope()).isEqualTo(Scope.STEP);
    }
}
