package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.FetchListener;
import org.espalier.catalog.ModelAddition;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.PipSource;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.JudgeProfiles;
import org.espalier.prm.PrmProfiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelChoiceTest {
    @TempDir
    private Path folder;

    private final ModelOptions options = new ModelOptions();
    private ModelStore store;
    private Path plain;

    @BeforeEach
    void makeAStore() throws IOException {
        store = new ModelStore(Catalog.bundled(), folder.resolve("models"), new PipSource());
        plain = gguf("plain").write(folder.resolve("plain.gguf"));
    }

    private static GgufWriter gguf(String name) {
        return new GgufWriter().text("general.architecture", "llama").text("general.name", name);
    }

    private ModelChoice choose(boolean judging) {
        return ModelChoice.of(options, judging, store, FetchListener.NONE);
    }

    private static List<String> names(ModelChoice choice) {
        return List.of(
                choice.policy().name(), Objects.requireNonNull(choice.judge()).name());
    }

    @Test
    void theDefaultPolicyBringsItsPrmAndThePrmItsProfile() {
        ModelChoice choice = choose(true);
        assertThat(names(choice)).containsExactly("arith-small", "arith-prm");
        assertThat(choice.profile()).isEqualTo(PrmProfiles.named("espalier-verdict"));
    }

    @Test
    void anAddedModelIsReadAsItsHeaderSaysWhateverItsRole() throws IOException {
        Path file = gguf("Llama3.1-8B-PRM-Deepseek-Data").write(folder.resolve("x.gguf"));
        new ModelAddition(store, (header, called) -> Optional.empty(), FetchListener.NONE)
                .add(file.toString(), "mine", null);
        options.prm = "mine";
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("rlhflow"));
    }

    @Test
    void whereNothingIsJudgedThereIsNoJudge() {
        ModelChoice choice = choose(false);
        assertThat(choice.policy().name()).isEqualTo("arith-small");
        assertThat(choice.judge()).isNull();
        assertThat(choice.profile()).isNull();
    }

    @Test
    void aPolicyWithoutACompanionJudgesItself() {
        options.policy = plain.toString();
        assertThat(choose(true).judge()).isNull();
    }

    @Test
    void selfAndALikelihoodBeatTheCompanion() {
        options.prm = "self";
        assertThat(choose(true).judge()).isNull();
        options.prm = "likelihood:arith-large";
        ModelChoice likelihood = choose(true);
        assertThat(names(likelihood)).containsExactly("arith-small", "arith-large");
        assertThat(likelihood.profile()).isNull();
    }

    @Test
    void theOptionBeatsTheProfileInTheFile() throws IOException {
        Path prm = gguf("prm").text("espalier.prm_profile", "rlhflow").write(folder.resolve("prm.gguf"));
        options.prm = prm.toString();
        assertThat(choose(true).judge()).isEqualTo(new ModelFile("prm", prm, null));
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("rlhflow"));
        options.prmProfile = "math-shepherd";
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("math-shepherd"));
    }

    @Test
    void aProfileCanBeGivenToTheCompanion() {
        options.prmProfile = "math-shepherd";
        ModelChoice choice = choose(true);
        assertThat(names(choice)).containsExactly("arith-small", "arith-prm");
        assertThat(choice.profile()).isEqualTo(PrmProfiles.named("math-shepherd"));
    }

    @Test
    void aPrmThatNothingSaysHowToReadIsRefused() {
        options.prm = plain.toString();
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("plain.gguf needs --prm-profile, which says how it is read: math-shepherd");
    }

    @Test
    void aPolicyOfTheCatalogueIsRefusedAsAPrmBeforeItIsFetched() {
        options.prm = "smollm2-135m-instruct";
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("smollm2-135m-instruct needs --prm-profile");
        assertThat(folder.resolve("models")).doesNotExist();
    }

    @Test
    void aFileMayNameAProfileOfAnyFamily() throws IOException {
        options.prm = gguf("prm")
                .text("espalier.prm_profile", "thinkprm")
                .write(folder.resolve("prm.gguf"))
                .toString();
        options.judging.prmSamples = 3;
        assertThat(choose(true).profile())
                .isInstanceOfSatisfying(
                        GenerativeProfile.class,
                        profile -> assertThat(profile.samples()).isEqualTo(3));
    }

    @Test
    void aProfileThatIsNotKnownIsNamed() throws IOException {
        Path prm = gguf("prm").text("espalier.prm_profile", "later").write(folder.resolve("prm.gguf"));
        options.prm = prm.toString();
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "--prm %s is read by the profile \"later\", as its file says, which this version does not know:"
                                + " choose one of " + JudgeProfiles.names() + " with --prm-profile",
                        prm);
        options.prmProfile = "nope";
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no PRM profile \"nope\"");
    }

    @Test
    void onlyWhoDidNotChooseThePolicyIsCautioned() {
        assertThat(ModelChoice.caution(options, store))
                .contains("arith-small knows arithmetic stories and nothing else; for other problems:"
                        + " --policy smollm2-135m-instruct");
        options.policy = "arith-small";
        assertThat(ModelChoice.caution(options, store)).isEmpty();
    }
}
