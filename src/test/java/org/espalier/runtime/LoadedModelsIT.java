package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.espalier.catalog.ModelFile;
import org.espalier.llama.LoraGguf;
import org.espalier.llama.ModelOptions;
import org.espalier.llama.TinyGguf;
import org.espalier.runtime.LoadedModels.Use;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadedModelsIT {
    @TempDir
    private Path folder;

    @Test
    void theWeightsAreLoadedAndCountedOnce() throws Exception {
        Path base = TinyGguf.write("llama", folder);
        Path lora = LoraGguf.over(base, 4, 8, 11, List.of("attn_q", "ffn_down", "output"))
                .write(folder.resolve("lora.gguf"));
        LoadCheck unchecked = LoadCheck.of(false, -1, 1, RuntimeListener.NONE);
        try (LoadedModels models = new LoadedModels(ModelOptions.DEFAULT, unchecked, false, RuntimeListener.NONE)) {
            Use policy = models.load("policy", new ModelFile("policy", base, "0"), null, false);
            Use prm = models.load("prm", new ModelFile("prm", base, "0"), lora, false);
            assertThat(prm.model()).isSameAs(policy.model());
            assertThat(policy.shape(0).weightBytes()).isEqualTo(policy.model().bytes());
            assertThat(prm.shape(0).weightBytes()).isBetween(1L, policy.model().bytes() / 2);
            assertThat(prm.shape(0).weightBytes()).isEqualTo(lora.toFile().length());
        }
    }
}
