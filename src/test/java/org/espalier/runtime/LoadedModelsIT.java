package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.espalier.catalog.ModelFile;
import org.espalier.llama.LoraGguf;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.NativeModel;
import org.espalier.llama.TinyGguf;
import org.espalier.runtime.LoadedModels.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedModelsIT {
    @TempDir
    private Path folder;

    private static LoadedModels models(SharedModels shared) {
        LoadCheck unchecked = LoadCheck.of(false, -1, 1, RuntimeListener.NONE);
        return new LoadedModels(ModelOptions.DEFAULT, unchecked, false, RuntimeListener.NONE, shared);
    }

    private static Use prm(LoadedModels models, Path file) {
        return models.load("prm", new ModelFile("prm", file, "0"), null, false);
    }

    @Test
    void runtimesShareAFileUntilTheLastOfThemIsClosed() throws Exception {
        Path file = TinyGguf.write("llama", folder);
        SharedModels shared = new SharedModels();
        LoadedModels first = models(shared);
        LoadedModels second = models(shared);
        NativeModel model = prm(first, file).model();
        Use again = prm(second, file);
        assertThat(again.model()).isSameAs(model);
        assertThat(again.shape(0).weightBytes()).as("it is in memory already").isZero();
        first.close();
        assertThat(shared.has(file, ModelOptions.DEFAULT)).isTrue();
        assertThat(model.metadata("general.architecture")).isEqualTo("llama");
        second.close();
        assertThat(shared.has(file, ModelOptions.DEFAULT)).isFalse();
        try (LoadedModels third = models(shared)) {
            Use anew = prm(third, file);
            assertThat(anew.model()).isNotSameAs(model);
            assertThat(anew.shape(0).weightBytes()).isEqualTo(anew.model().bytes());
        }
    }

    @Test
    void aFileThatWasReplacedIsAnotherOne() throws Exception {
        Path file = TinyGguf.write("llama", folder);
        SharedModels shared = new SharedModels();
        try (LoadedModels first = models(shared);
                LoadedModels second = models(shared)) {
            NativeModel model = prm(first, file).model();
            Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
            Use other = prm(second, file);
            assertThat(other.model()).isNotSameAs(model);
            assertThat(other.shape(0).weightBytes()).isPositive();
        }
    }

    @Test
    void theWeightsAreLoadedAndCountedOnce() throws Exception {
        Path base = TinyGguf.write("llama", folder);
        Path lora = LoraGguf.over(base, 4, 8, 11, List.of("attn_q", "ffn_down", "output"))
                .write(folder.resolve("lora.gguf"));
        try (LoadedModels models = models(new SharedModels())) {
            Use policy = models.load("policy", new ModelFile("policy", base, "0"), null, false);
            Use prm = models.load("prm", new ModelFile("prm", base, "0"), lora, false);
            assertThat(prm.model()).isSameAs(policy.model());
            assertThat(policy.shape(0).weightBytes()).isEqualTo(policy.model().bytes());
            assertThat(prm.shape(0).weightBytes()).isBetween(1L, policy.model().bytes() / 2);
            assertThat(prm.shape(0).weightBytes()).isEqualTo(lora.toFile().length());
        }
    }
}
