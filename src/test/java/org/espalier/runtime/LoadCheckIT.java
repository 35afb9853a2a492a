package org.espalier.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.espalier.catalog.ModelFile;
import org.espalier.catalog.ModelStore;
import org.espalier.gguf.EditableGguf;
import org.espalier.gguf.GgufHeader;
import org.espalier.llama.LoraGguf;
import org.espalier.llama.ModelTrial;
import org.espalier.llama.TinyGguf;
import org.espalier.model.EspalierException;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files are tried in a process of their own before they are loaded here. */
public class LoadCheckIT {
    @TempDir
    private Path folder;

    private LoadCheck check(boolean on) {
        return new LoadCheck(on, new TriedFiles(folder.resolve("ran")), file -> false, -1, 1, RuntimeListener.NONE);
    }

    private long remembered() throws IOException {
        Path ran = folder.resolve("ran");
        return Files.isDirectory(ran) ? Files.list(ran).count() : 0;
    }

    private static ModelFile named(Path file) {
        return new ModelFile("tiny", file, null);
    }

    /** A model that the reader lets pass and llama.cpp does not survive: numbers of its family's own contradict each other. */
    public static Path deadly(Path folder) throws Exception {
        EditableGguf model = EditableGguf.read(TinyGguf.write("mamba", folder));
        model.entry("general.architecture").value = "jamba";
        model.metadata.forEach(entry -> entry.key = entry.key.replaceFirst("^mamba\\.", "jamba."));
        model.entry("jamba.attention.head_count").value = 4L;
        model.entry("jamba.ssm.inner_size").value = 64L;
        return model.write(folder.resolve("deadly.gguf"));
    }

    @Test
    void whatCrashesIsRefusedInOneLineAndTriedAgain() throws Exception {
        Path model = deadly(folder);
        GgufHeader.read(model).requireLoadable();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> check(true).require(named(model), null, false))
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContainingAll(
                            "llama.cpp cannot run " + model, "SIGABRT", "while loading", "2 * n_embd == d_inner")
                    .hasMessageMatching("\\P{Cntrl}+");
        }
        assertThat(remembered()).isZero();
    }

    @Test
    void theCataloguesOwnAreNotTried() {
        ModelStore store = ModelStore.open();
        ModelFile policy = store.fetch(store.catalog().defaultPolicy(), FetchListener.NONE);
        assertThat(store.isPinned(policy)).isTrue();
        assertThat(store.isPinned(new ModelFile(policy.name(), folder.resolve("other.gguf"), null)))
                .isFalse();
    }

    @Test
    void switchedOffNothingIsTried() throws Exception {
        check(false).require(named(deadly(folder)), null, false);
        assertThat(remembered()).isZero();
    }

    @Test
    void whatRunsIsTriedOnce() throws Exception {
        Path model = TinyGguf.write("llama", folder);
        check(true).require(named(model), null, true);
        assertThat(remembered()).isEqualTo(1);
        Files.writeString(folder.resolve("ran").resolve("mark"), "");
        check(true).require(named(model), null, true);
        assertThat(remembered()).isEqualTo(2);
        check(true).require(named(model), null, false);
        assertThat(remembered()).isEqualTo(3);
    }

    @Test
    void anAdapterIsTriedWithItsModel() throws Exception {
        Path model = TinyGguf.write("llama", folder);
        Path lora = new LoraGguf(4, 8)
                .change("blk.0.attn_q.weight", 64, 64, new Random(1))
                .write(folder.resolve("lora.gguf"));
        check(true).require(named(model), lora, false);
        assertThat(remembered()).isEqualTo(1);
    }

    @Test
    void whatLlamaRefusesItselfIsLeftToIt() throws Exception {
        EditableGguf model = EditableGguf.read(TinyGguf.write("llama", folder));
        model.tensors.remove(0);
        Path file = model.write(folder.resolve("incomplete.gguf"));
        assertThatCode(() -> check(true).require(named(file), null, false)).doesNotThrowAnyException();
        assertThat(remembered()).isZero();
    }

    @Test
    void aTrialThatDoesNotEndIsEnded() throws Exception {
        Path model = TinyGguf.write("llama", folder);
        LoadCheck.Watch watch = new LoadCheck.Watch("tiny", Duration.ZERO, Duration.ofHours(1), RuntimeListener.NONE);
        assertThatThrownBy(() -> TrialRun.run(new ModelTrial.Files(model, null, false), -1, 1, watch))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("did not decode a few tokens within 0 s");
        List<ProcessHandle> left = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains(model.toString()))
                .toList();
        for (ProcessHandle process : left) {
            process.onExit().get(1, TimeUnit.MINUTES);
        }
    }
}
