package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.espalier.catalog.Catalog;
import org.espalier.catalog.ModelAdder;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.catalog.PipSource;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.espalier.prm.GenerativeProfile;
import org.espalier.prm.JudgeProfiles;
import org.espalier.prm.PrmProfiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvedModelsTest {
    @TempDir
    private Path folder;

    private RuntimeOptions options = RuntimeOptions.DEFAULT;
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

    private ResolvedModels choose(boolean judging) {
        return ResolvedModels.of(options, judging, store, FetchListener.NONE);
    }

    private static List<String> names(ResolvedModels choice) {
        return List.of(
                choice.policy().name(), Objects.requireNonNull(choice.judge()).name());
    }

    @Test
    void theDefaultPolicyBringsItsPrmAndThePrmItsProfile() {
        ResolvedModels choice = choose(true);
        assertThat(names(choice)).containsExactly("arith-small", "arith-prm");
        assertThat(choice.profile()).isEqualTo(PrmProfiles.named("espalier-verdict"));
    }

    @Test
    void anAddedModelIsReadAsItsHeaderSaysWhateverItsRole() throws IOException {
        Path file = gguf("Llama3.1-8B-PRM-Deepseek-Data").write(folder.resolve("x.gguf"));
        new ModelAdder(store, (header, called) -> Optional.empty(), FetchListener.NONE)
                .add(file.toString(), "mine", null);
        options = options.withPrm(options.prm().withModel("mine"));
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("rlhflow"));
    }

    @Test
    void whereNothingIsJudgedThereIsNoJudge() {
        ResolvedModels choice = choose(false);
        assertThat(choice.policy().name()).isEqualTo("arith-small");
        assertThat(choice.judge()).isNull();
        assertThat(choice.profile()).isNull();
    }

    @Test
    void aPolicyWithoutACompanionJudgesItself() {
        options = options.withPolicy(plain.toString());
        assertThat(choose(true).judge()).isNull();
    }

    @Test
    void selfAndALikelihoodBeatTheCompanion() {
        options = options.withPrm(options.prm().withModel("self"));
        assertThat(choose(true).judge()).isNull();
        options = options.withPrm(options.prm().withModel("confidence:mean-entropy"));
        assertThat(choose(true).judge()).isNull();
        options = options.withPrm(options.prm().withModel("likelihood:arith-large"));
        ResolvedModels likelihood = choose(true);
        assertThat(names(likelihood)).containsExactly("arith-small", "arith-large");
        assertThat(likelihood.profile()).isNull();
    }

    @Test
    void theOptionBeatsTheProfileInTheFile() throws IOException {
        Path prm = gguf("prm").text("espalier.prm_profile", "rlhflow").write(folder.resolve("prm.gguf"));
        options = options.withPrm(options.prm().withModel(prm.toString()));
        assertThat(choose(true).judge()).isEqualTo(new ModelFile("prm", prm, null));
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("rlhflow"));
        options = options.withPrm(options.prm().withProfile("math-shepherd"));
        assertThat(choose(true).profile()).isEqualTo(PrmProfiles.named("math-shepherd"));
    }

    @Test
    void aProfileCanBeGivenToTheCompanion() {
        options = options.withPrm(options.prm().withProfile("math-shepherd"));
        ResolvedModels choice = choose(true);
        assertThat(names(choice)).containsExactly("arith-small", "arith-prm");
        assertThat(choice.profile()).isEqualTo(PrmProfiles.named("math-shepherd"));
    }

    @Test
    void aPrmThatNothingSaysHowToReadIsRefused() {
        options = options.withPrm(options.prm().withModel(plain.toString()));
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("plain.gguf needs prmProfile, which says how it is read: math-shepherd");
    }

    @Test
    void aPolicyOfTheCatalogueIsRefusedAsAPrmBeforeItIsFetched() {
        options = options.withPrm(options.prm().withModel("smollm2-135m-instruct"));
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("smollm2-135m-instruct needs prmProfile");
        assertThat(folder.resolve("models")).doesNotExist();
    }

    @Test
    void aFileMayNameAProfileOfAnyFamily() throws IOException {
        options = options.withPrm(options.prm()
                .withModel(gguf("prm")
                        .text("espalier.prm_profile", "thinkprm")
                        .write(folder.resolve("prm.gguf"))
                        .toString()));
        options = options.withPrm(new PrmSettings(options.prm().model(), null, null, null, null, 3, null));
        assertThat(choose(true).profile())
                .isInstanceOfSatisfying(
                        GenerativeProfile.class,
                        profile -> assertThat(profile.samples()).isEqualTo(3));
    }

    @Test
    void aProfileThatIsNotKnownIsNamed() throws IOException {
        Path prm = gguf("prm").text("espalier.prm_profile", "later").write(folder.resolve("prm.gguf"));
        options = options.withPrm(options.prm().withModel(prm.toString()));
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(EspalierException.class)
                .hasMessage(
                        "prm %s is read by the profile \"later\", as its file says, which this version does not know:"
                                + " choose one of " + JudgeProfiles.names() + " with prmProfile",
                        prm);
        options = options.withPrm(options.prm().withProfile("nope"));
        assertThatThrownBy(() -> choose(true))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("there is no PRM profile \"nope\"");
    }

    @Test
    void onlyWhoDidNotChooseThePolicyIsCautioned() {
        assertThat(ResolvedModels.caution(options, store))
                .contains("arith-small knows arithmetic stories and nothing else; for other problems:"
                        + " --policy smollm2-135m-instruct");
        options = options.withPolicy("arith-small");
        assertThat(ResolvedModels.caution(options, store)).isEmpty();
    }
}
