package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.FetchListener;
import org.espalier.model.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRemoverTest {
    @TempDir
    private Path temporary;

    private ModelStore store() {
        return new ModelStore(
                Catalog.bundled(),
                temporary.resolve("models"),
                new PipSource(),
                folder -> Long.MAX_VALUE,
                new BundledModels(),
                new ModelStore.StoreEnvironment(Map.of(), new FoundModels(Map.of(), temporary)));
    }

    private Path model(String name) throws IOException {
        Path file = temporary.resolve(name + ".gguf");
        new GgufWriter().text("general.architecture", "llama").tensor("t", 64).write(file);
        return file;
    }

    @Test
    void aModelOfItsUserLeavesDiskAndList() throws IOException {
        for (String name : new String[] {"tiny", "tiny-2"}) {
            new ModelAdder(store(), (header, called) -> Optional.empty(), FetchListener.NONE)
                    .add(model(name).toString(), name, null);
        }
        long bytes = new ModelRemover(store()).remove("tiny");
        assertThat(bytes).isPositive();
        assertThat(store().catalog().find("tiny")).isEmpty();
        assertThat(store().catalog().find("tiny-2")).isPresent();
        try (Stream<Path> left = Files.list(store().folder())) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .contains("tiny-2.gguf")
                    .noneMatch(file -> file.startsWith("tiny.") && !file.endsWith(".lock"));
        }
        assertThatThrownBy(() -> new ModelRemover(store()).remove("tiny"))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("did you mean tiny-2?");
    }

    @Test
    void whatIsNotHereOrNotItsOwnStays() {
        ModelRemover remover = new ModelRemover(store());
        assertThatThrownBy(() -> remover.remove("arith-small"))
                .isInstanceOf(UsageException.class)
                .hasMessage("arith-small comes with Espalier: it cannot be removed");
        assertThatThrownBy(() -> remover.remove("smollm2-135m-instruct"))
                .isInstanceOf(UsageException.class)
                .hasMessage("smollm2-135m-instruct has not been fetched: there is nothing to remove");
    }

    @Test
    void whatWasFetchedCanBeFetchedAgain() throws IOException {
        Path folder = Files.createDirectories(store().folder());
        Files.write(folder.resolve("smollm2-135m-instruct.gguf"), new byte[10]);
        Files.write(folder.resolve("smollm2-135m-instruct.partial"), new byte[5]);
        assertThat(new ModelRemover(store()).remove("smollm2-135m-instruct")).isEqualTo(15);
        assertThat(store().catalog().find("smollm2-135m-instruct")).isPresent();
        assertThat(folder.resolve("smollm2-135m-instruct.gguf")).doesNotExist();
    }
}
