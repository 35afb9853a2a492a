package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.espalier.catalog.Catalog;
import org.espalier.prm.PrmProfile;
import org.espalier.prm.PrmProfiles;
import org.espalier.prompt.SolvePrompt;
import org.junit.jupiter.api.Test;

class ModelOptionsTest {
    private final ModelOptions options = new ModelOptions();

    @Test
    void theOptionBeatsThePolicysOwnInstructionWhichBeatsStepByStep() {
        assertThat(options.systemOfPolicy(null)).isEqualTo(SolvePrompt.STEP_BY_STEP);
        assertThat(options.systemOfPolicy("")).isEmpty();
        assertThat(options.systemOfPolicy("Reckon.")).isEqualTo("Reckon.");
        options.system = "Be brief.";
        assertThat(options.systemOfPolicy("Reckon.")).isEqualTo("Be brief.");
        assertThat(options.systemOfPolicy(null)).isEqualTo("Be brief.");
        options.system = "";
        assertThat(options.systemOfPolicy("Reckon.")).isEmpty();
    }

    @Test
    void aJudgesOwnInstructionBeatsThePolicys() {
        assertThat(options.systemOfJudge(null)).isEqualTo(SolvePrompt.STEP_BY_STEP);
        options.system = "Be brief.";
        assertThat(options.systemOfJudge(null)).isEqualTo("Be brief.");
        assertThat(options.systemOfJudge("")).isEmpty();
    }

    @Test
    void aLikelihoodJudgeIsNamedAfterItsPrefix() {
        assertThat(options.namesPrm()).isFalse();
        assertThat(options.isSelf()).isFalse();
        assertThat(options.isLikelihood()).isFalse();
        options.prm = "self";
        assertThat(options.namesPrm()).isTrue();
        assertThat(options.isSelf()).isTrue();
        options.prm = "likelihood:large.gguf";
        assertThat(options.isLikelihood()).isTrue();
        assertThat(options.prmModel()).isEqualTo("large.gguf");
        options.prm = "prm.gguf";
        assertThat(options.isLikelihood()).isFalse();
        assertThat(options.prmModel()).isEqualTo("prm.gguf");
    }

    @Test
    void helpNamesTheDefaultPolicyAndAnUnknownProfileListsAll() {
        String help = Main.commandLine()
                .getSubcommands()
                .get("solve")
                .getUsageMessage()
                .replaceAll("\\s+", " ");
        assertThat(help)
                .contains("default: " + Catalog.bundled().defaultPolicy().name());
        String[] names = PrmProfiles.all().stream().map(PrmProfile::name).toArray(String[]::new);
        assertThatThrownBy(() -> PrmProfiles.named("none")).hasMessageContainingAll(names);
    }
}
