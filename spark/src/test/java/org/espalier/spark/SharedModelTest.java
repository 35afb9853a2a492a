package org.espalier.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.espalier.catalog.ModelFile;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedModelTest {
    @TempDir
    private Path folder;

    private SharedModel driver(String content) throws IOException {
        Path file = Files.writeString(
                Files.createDirectories(folder.resolve("driver")).resolve("m.gguf"), content);
        return SharedModel.of(file.toString(), new ModelFile("m", file, null));
    }

    @Test
    void itIsFoundInTheSharedFolderByItsDigestOrItsName() throws IOException {
        SharedModel model = driver("weights");
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Path named = Files.writeString(shared.resolve("m.gguf"), "weights");
        assertThat(model.find(shared.toString())).isEqualTo(named.toString());
        Path digest = Files.writeString(shared.resolve(model.sha256() + ".gguf"), "weights");
        assertThat(model.find(shared.toString())).isEqualTo(digest.toString());
    }

    @Test
    void otherBytesAreRefused() throws IOException {
        SharedModel model = driver("weights");
        Path shared = Files.createDirectories(folder.resolve("shared"));
        Files.writeString(shared.resolve("m.gguf"), "others");
        assertThatThrownBy(() -> model.find(shared.toString()))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining("another SHA-256")
                .hasMessageContaining(model.sha256());
    }
}
