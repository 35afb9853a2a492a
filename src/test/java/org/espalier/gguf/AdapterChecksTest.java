package org.espalier.gguf;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters that llama.cpp would end the process for, or misread. */
class AdapterChecksTest {
    @TempDir
    private Path folder;

    private Path base;

    @BeforeEach
    void write() throws IOException {
        base = new EditableGguf()
                .set("general.architecture", EditableGguf.STRING, "llama")
                .with("token_embd.weight", 1, 64, 10)
                .with("blk.0.attn_q.weight", 1, 64, 32)
                .write(folder.resolve("base.gguf"));
    }

    private static EditableGguf adapter() {
        return new EditableGguf()
                .set("general.type", EditableGguf.STRING, "adapter")
                .set("general.architecture", EditableGguf.STRING, "llama")
                .set("adapter.type", EditableGguf.STRING, "lora")
                .set("adapter.lora.alpha", EditableGguf.FLOAT32, 8.0)
                .with("blk.0.attn_q.weight.lora_a", 1, 64, 4)
                .with("blk.0.attn_q.weight.lora_b", 1, 4, 32);
    }

    private static Arguments with(String said, Consumer<EditableGguf> change) {
        return arguments(said, change);
    }

    private static Arguments shapes(String said, long[] a, long[] b) {
        return with(said, adapter -> {
            adapter.tensor("blk.0.attn_q.weight.lora_a").become(0, a);
            adapter.tensor("blk.0.attn_q.weight.lora_b").become(0, b);
        });
    }

    static Stream<Arguments> adapters() {
        return Stream.of(
                with("no text under the key general.type", adapter -> adapter.set("general.type", 4, 1L)),
                with("no text under the key adapter.type", adapter -> adapter.setList("adapter.type", 4, List.of(1L))),
                with(
                        "no text under the key general.architecture",
                        adapter -> adapter.set("general.architecture", EditableGguf.FLOAT32, 1.0)),
                with("alpha of 8", adapter -> adapter.set("adapter.lora.alpha", EditableGguf.UINT32, 8L)),
                with("alpha of NaN", adapter -> adapter.entry("adapter.lora.alpha").value = Double.NaN),
                shapes("of shape [64, 4, 2]", new long[] {64, 4, 2}, new long[] {4, 32, 2}),
                shapes("of shape [64, 0]", new long[] {64, 0}, new long[] {0, 32}),
                shapes("another model's", new long[] {32, 4}, new long[] {4, 32}),
                shapes("another model's", new long[] {64, 4}, new long[] {4, 64}),
                shapes("another model's", new long[] {64, 4}, new long[] {8, 32}),
                with(
                        "of type I32",
                        adapter -> adapter.tensor("blk.0.attn_q.weight.lora_a").become(26, 64, 4)),
                with(
                        "changes of the embedding",
                        adapter -> adapter.with("token_embd.weight.lora_a", 1, 4, 10)
                                .with("token_embd.weight.lora_b", 1, 4, 64)),
                with("no tensors", adapter -> adapter.tensors.clear()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("adapters")
    void isRefusedInOneLine(String said, Consumer<EditableGguf> change) throws IOException {
        EditableGguf adapter = adapter();
        change.accept(adapter);
        Path file = adapter.write(folder.resolve("lora.gguf"));
        assertThatThrownBy(() -> AdapterChecks.require(base, file))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(said)
                .hasMessageMatching("\\P{Cntrl}+");
    }

    @Test
    void aSoundOneIsNot() throws IOException {
        Path file = adapter().write(folder.resolve("lora.gguf"));
        assertThatCode(() -> AdapterChecks.require(base, file)).doesNotThrowAnyException();
    }
}
