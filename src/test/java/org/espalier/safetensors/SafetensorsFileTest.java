package org.espalier.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.espalier.model.EspalierException;
import org.espalier.safetensors.SafetensorsFile.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
    @TempDir
    private Path folder;

    private SafetensorsFile three() throws IOException {
        return SafetensorsFile.open(new SafetensorsWriter()
                .f32("a", List.of(2, 2), 1, -2, 0.5f, 1e-30f)
                .halves("b", "BF16", List.of(3), 0x3f80, 0xc000, 0x0001)
                .halves("c", "F16", List.of(2, 3), 0x3c00, 0xc000, 0x0001, 0x7c00, 0x3555, 0x8000)
                .write(folder.resolve("m.safetensors")));
    }

    private static Tensor named(SafetensorsFile file, String name) {
        return file.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void readsAllFloatingPointTypes() throws IOException {
        SafetensorsFile file = three();
        assertThat(file.tensors()).extracting(Tensor::name).containsExactly("a", "b", "c");
        assertThat(named(file, "c").shape()).containsExactly(2L, 3L);
        assertThat(file.read(named(file, "a"))).containsExactly(1, -2, 0.5f, 1e-30f);
        assertThat(file.read(named(file, "b"))).containsExactly(1, -2, Float.intBitsToFloat(0x10000));
        assertThat(file.read(named(file, "c")))
                .containsExactly(1, -2, 0x1p-24f, Float.POSITIVE_INFINITY, 0.33325195f, -0f);
    }

    @Test
    void copiesWithoutSomeTensors() throws IOException {
        Path copy = folder.resolve("copy.safetensors");
        three().copy(name -> !name.equals("b"), name -> "x." + name, copy);

        SafetensorsFile file = SafetensorsFile.open(copy);
        assertThat(file.tensors()).extracting(Tensor::name).containsExactly("x.a", "x.c");
        assertThat(file.tensors().get(1).begin()).isEqualTo(16);
        assertThat(file.read(named(file, "x.a"))).containsExactly(1, -2, 0.5f, 1e-30f);
        assertThat(file.read(named(file, "x.c"))).startsWith(1, -2, 0x1p-24f);
        assertThat(Files.size(copy) % 4).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]|not a JSON object",
                "{ [|not JSON",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}}|place does not fit",
                "{\"a\": {\"dtype\": \"F99\", \"shape\": [1], \"data_offsets\": [0, 4]}}|place does not fit",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}|impossible shape",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 4]}}|impossible shape",
                "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [-4, 0]}}|place does not fit",
                "{\"a\": {\"dtype\": \"U8\", \"shape\": [4], \"data_offsets\": [0, 4]}, \"b\": {\"dtype\": \"U8\", \"shape\":"
                        + " [2], \"data_offsets\": [2, 4]}}|inside another one",
                "{\"a\": {\"dtype\": \"U8\", \"shape\": [5], \"data_offsets\": [0, 5]}}|is cut off",
                "33|not a JSON object",
            })
    void refusesHeadersThatLie(String header, String reason) throws IOException {
        Path file = new SafetensorsWriter().f32("x", List.of(1), 1).write(folder.resolve("bad.safetensors"), header);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("bad.safetensors")
                .hasMessageContaining(reason);
    }

    @Test
    void refusesFilesThatWereCutOff() throws IOException {
        byte[] whole = Files.readAllBytes(three().path());
        for (int length : new int[] {0, 7, 8, 20, whole.length - 1}) {
            Path file = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> SafetensorsFile.open(file))
                    .as("%d bytes", length)
                    .isInstanceOf(EspalierException.class)
                    .hasMessageContaining("cut.safetensors");
        }
    }
}
