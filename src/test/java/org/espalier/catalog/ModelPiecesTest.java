package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.espalier.gguf.GgufHeader;
import org.espalier.gguf.GgufTensor;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPiecesTest {
    @TempDir
    private Path folder;

    private Path first;
    private Path second;

    @BeforeEach
    void write() throws IOException {
        first = piece(0, "m-00001-of-00002.gguf", 64);
        second = piece(1, "m-00002-of-00002.gguf", 32);
    }

    private Path piece(int number, String name, int elements) throws IOException {
        return new GgufWriter()
                .text("general.architecture", "llama")
                .number("split.no", number)
                .number("split.count", 2)
                .tensor("t" + number, elements)
                .write(folder.resolve(name));
    }

    private void require() {
        ModelPieces.requireWhole(first, GgufHeader.read(first));
    }

    @Test
    void countsAllFiles() throws IOException {
        require();
        assertThat(ModelPieces.first(second)).isEqualTo(first);
        assertThat(ModelPieces.bytes(second)).isEqualTo(Files.size(first) + Files.size(second));
        assertThat(ModelPieces.tensors(first)).extracting(GgufTensor::elements).containsExactly(64L, 32L);
        assertThat(ModelPieces.stem("m-00001-of-00002.gguf")).isEqualTo("m");
        assertThat(ModelPieces.stem("m.GGUF")).isEqualTo("m");
    }

    @Test
    void aMissingOrCutPieceIsNamed() throws IOException {
        byte[] whole = Files.readAllBytes(second);
        Files.write(second, new byte[0]);
        assertThatThrownBy(this::require).isInstanceOf(EspalierException.class).hasMessageContaining(second.toString());
        Files.write(second, java.util.Arrays.copyOf(whole, whole.length - 1));
        assertThatThrownBy(this::require)
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(second + " is cut off");
        Files.delete(second);
        assertThatThrownBy(this::require)
                .isInstanceOf(EspalierException.class)
                .hasMessage("the model m is in 2 pieces, and m-00002-of-00002.gguf is missing in " + folder
                        + ": get all of them into one folder");
    }

    @Test
    void aPieceOfAnotherNameIsNamed() throws IOException {
        Path renamed = Files.move(first, folder.resolve("other.gguf"));
        assertThatThrownBy(() -> ModelPieces.requireWhole(renamed, GgufHeader.read(renamed)))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("is one of 2 pieces, which its name does not say")
                .hasMessageContaining("other-00001-of-00002.gguf");
    }

    @Test
    void theDigestIsOfAllOfThem() throws IOException {
        String whole = ModelPieces.digest(first);
        assertThat(whole).isEqualTo(new ModelFile("m", first, null).sha256()).isNotEqualTo(Sha256.of(first));
        Files.write(second, new byte[] {1});
        assertThat(ModelPieces.digest(first)).isNotEqualTo(whole);
        assertThat(ModelPieces.digest(List.of("abc"))).isEqualTo("abc");
    }
}
