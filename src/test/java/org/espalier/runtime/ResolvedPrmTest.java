package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.espalier.catalog.ModelFile;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.prm.DenseHead;
import org.espalier.prm.JudgeProfile;
import org.espalier.prm.JudgeProfiles;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolvedPrmTest {
    @TempDir
    private Path folder;

    private static GgufWriter model(String architecture, String name) {
        return new GgufWriter().text("general.architecture", architecture).text("general.name", name);
    }

    private static GgufWriter head() {
        return new GgufWriter().text("general.architecture", "prm-head");
    }

    private ResolvedPrm choose(Path model, @Nullable String profile, @Nullable Path head) {
        JudgeProfile named = profile == null ? null : JudgeProfiles.named(profile);
        return ResolvedPrm.of("prm", new ModelFile("prm", model, null), named, head);
    }

    @Test
    void aModelIsRecognisedAndItsHeadFoundBesideIt() throws IOException {
        Path prm = model("qwen2", "Qwen2.5 Math PRM 7B")
                .text("general.basename", "Qwen2.5-Math-PRM-7B")
                .write(folder.resolve("m.gguf"));
        head().tensor("head.dense.weight", 6, 4)
                .tensor("head.dense.bias", 4)
                .tensor("head.out.weight", 4, 2)
                .tensor("head.out.bias", 2)
                .write(folder.resolve("m.head.gguf"));
        ResolvedPrm choice = choose(prm, null, null);
        assertThat(choice.profile().name()).isEqualTo("qwen-math-prm");
        DenseHead read = Objects.requireNonNull(choice.head());
        assertThat(read.width()).isEqualTo(6);
        assertThat(read.middle()).isEqualTo(4);
        assertThat(read.classes()).isEqualTo(2);
        assertThat(read.weights()).hasSize(6 * 4 + 4 + 4 * 2 + 2);
    }

    @Test
    void theHeadsFileSaysHowItIsRead() throws IOException {
        Path prm = model("qwen2", "mine").write(folder.resolve("m.gguf"));
        Path head = head().text("espalier.prm.profile", "skywork-o1-prm")
                .tensor("head.out.weight", 6, 1)
                .write(folder.resolve("h.gguf"));
        assertThat(choose(prm, null, head).profile().name()).isEqualTo("skywork-o1-prm");
        assertThatThrownBy(() -> choose(prm, "trl-prm", head))
                .isInstanceOf(UsageException.class)
                .hasMessage("the head " + head + " is read by the profile skywork-o1-prm, not by trl-prm: leave"
                        + " prmProfile out, or give another prmHead");
    }

    @Test
    void aProfileWithoutItsHeadIsRefused() throws IOException {
        Path prm = model("qwen2", "Qwen2.5-Math-PRM-7B").write(folder.resolve("m.gguf"));
        assertThatThrownBy(() -> choose(prm, null, null))
                .isInstanceOf(UsageException.class)
                .hasMessage("the profile qwen-math-prm reads a head, which is not part of prm: give its file with"
                        + " prmHead ('espalier models import' writes one)");
    }

    @Test
    void aHeadOfOtherOutputsIsRefused() throws IOException {
        Path prm = model("qwen2", "Qwen2.5-Math-PRM-7B").write(folder.resolve("m.gguf"));
        Path head = head().tensor("head.out.weight", 6, 3).write(folder.resolve("h.gguf"));
        assertThatThrownBy(() -> choose(prm, null, head))
                .isInstanceOf(EspalierException.class)
                .hasMessage("the profile qwen-math-prm reads a head of 2 outputs, but " + head
                        + " has 3: it is another model's");
    }

    @Test
    void aHeadForAProfileOfVerdictsIsRefused() throws IOException {
        Path prm = model("llama", "Llama3.1-8B-PRM-Deepseek-Data").write(folder.resolve("m.gguf"));
        Path head = head().tensor("head.out.weight", 6, 2).write(folder.resolve("h.gguf"));
        assertThatThrownBy(() -> choose(prm, null, head))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("prmHead is for PRMs with a head, but the profile rlhflow reads none");
    }

    @Test
    void whatIsNoHeadIsRefused() throws IOException {
        Path prm = model("qwen2", "Qwen2.5-Math-PRM-7B").write(folder.resolve("m.gguf"));
        assertThatThrownBy(() -> choose(prm, null, prm)).hasMessageContaining("is not a PRM's head but a model");
        Path other = head().tensor("score.weight", 6, 2).write(folder.resolve("other.gguf"));
        assertThatThrownBy(() -> choose(prm, null, other))
                .hasMessage(other + " is not a usable PRM head: it has a tensor score.weight, which no head has");
        Path half = head().tensor("head.dense.weight", 6, 6).write(folder.resolve("half.gguf"));
        assertThatThrownBy(() -> choose(prm, null, half)).hasMessageEndingWith("it has no tensor head.out.weight");
        Path unfit = head().tensor("head.dense.weight", 6, 5)
                .tensor("head.out.weight", 4, 2)
                .write(folder.resolve("unfit.gguf"));
        assertThatThrownBy(() -> choose(prm, null, unfit))
                .hasMessageEndingWith("it has a layer of 5 outputs before one of 4 inputs");
    }

    @Test
    void aModelThatNothingTellsAboutNeedsAProfile() throws IOException {
        Path prm = model("qwen2", "mine").write(folder.resolve("m.gguf"));
        assertThatThrownBy(() -> choose(prm, null, null))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("prm prm needs prmProfile, which says how it is read: math-shepherd, ");
    }
}
