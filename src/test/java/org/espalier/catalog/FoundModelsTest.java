package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoundModelsTest {
    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    private FoundModels models() {
        return new FoundModels(environment, home);
    }

    private Path hubFile(Path hub, String repository, String file) throws IOException {
        Path folder = hub.resolve("models--" + repository.replace("/", "--"));
        Files.createDirectories(folder.resolve("refs"));
        Files.writeString(folder.resolve("refs/main"), "abc123\n");
        Path blob = write(folder.resolve("blobs/0123"));
        Path link = folder.resolve("snapshots/abc123").resolve(file);
        Files.createDirectories(link.getParent());
        return Files.createSymbolicLink(link, blob);
    }

    private static Path write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        return new GgufWriter().text("general.architecture", "llama").write(file);
    }

    @Test
    void findsFilesOfTheHubsCache() throws IOException {
        Path hub = home.resolve(".cache/huggingface/hub");
        Path file = hubFile(hub, "owner/Repo-GGUF", "sub/Model-Q8_0.gguf");
        hubFile(hub, "owner/Repo-GGUF", "mmproj-Model.gguf");
        hubFile(hub, "big/Model", "Big-00001-of-00002.gguf");
        hubFile(hub, "big/Model", "Big-00002-of-00002.gguf");
        hubFile(hub, "owner/other", "config.json");

        assertThat(models().all()).extracting(FoundModel::name).containsExactly("Big-00001-of-00002", "Model-Q8_0");
        assertThat(models().find("model-q8_0"))
                .contains(new FoundModel("Model-Q8_0", "Hugging Face", file, Files.size(file)));
        assertThat(models().find("owner/Repo-GGUF/Model-Q8_0")).isPresent();
        assertThat(models().find("stranger/Repo-GGUF/Model-Q8_0")).isEmpty();
        assertThat(models().find("Model")).isEmpty();
    }

    @Test
    void theCacheCanBeElsewhere() throws IOException {
        hubFile(home.resolve("hf/hub"), "o/r", "a.gguf");
        hubFile(home.resolve("own"), "o/r", "b.gguf");
        environment.put("HF_HOME", "~/hf");
        assertThat(models().all()).extracting(FoundModel::name).containsExactly("a");
        environment.put("HF_HUB_CACHE", home.resolve("own").toString());
        assertThat(models().all()).extracting(FoundModel::name).containsExactly("b");
    }

    @Test
    void filesOfTheSameNameAreToldApart() throws IOException {
        Path hub = home.resolve(".cache/huggingface/hub");
        hubFile(hub, "one/r", "m.gguf");
        hubFile(hub, "two/r", "M.gguf");
        assertThat(models().all()).extracting(FoundModel::name).containsExactly("one/r/m", "two/r/M");
        assertThat(models().find("two/r/m")).isPresent();
    }

    @Test
    void findsOllamasModelsByTheirOwnNames() throws IOException {
        Path store = home.resolve(".ollama/models");
        String digest = "a".repeat(64);
        Path blob = write(store.resolve("blobs/sha256-" + digest));
        manifest(store.resolve("manifests/registry.example/library/llama3.2/1b"), digest);
        manifest(store.resolve("manifests/registry.example/someone/prm/latest"), digest);
        manifest(store.resolve("manifests/registry.example/library/gone/latest"), "b".repeat(64));
        Files.writeString(store.resolve("manifests/registry.example/library/llama3.2/broken"), "{");

        assertThat(models().all())
                .containsExactly(
                        new FoundModel("llama3.2:1b", "Ollama", blob, Files.size(blob)),
                        new FoundModel("someone/prm:latest", "Ollama", blob, Files.size(blob)));

        environment.put("OLLAMA_MODELS", home.resolve("nowhere").toString());
        assertThat(models().all()).isEmpty();
    }

    private static void manifest(Path file, String digest) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                {"layers": [
                  {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:%1$s"},
                  {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:%1$s"}]}
                """.formatted(digest));
    }

    @Test
    void findsLmStudiosModels() throws IOException {
        write(home.resolve(".lmstudio/models/pub/repo/a-Q4_K_M.gguf"));
        write(home.resolve(".cache/lm-studio/models/pub/repo/old.gguf"));
        assertThat(models().all()).extracting(FoundModel::name).containsExactly("a-Q4_K_M", "old");

        write(home.resolve("moved/models/pub/repo/b.gguf"));
        Files.writeString(
                home.resolve(".lmstudio-home-pointer"), home.resolve("moved").toString());
        assertThat(models().all()).extracting(FoundModel::name).containsExactly("b", "old");
    }

    @Test
    void nothingIsFoundWhereNothingIs() {
        assertThat(models().all()).isEmpty();
        assertThat(models().find("x")).isEmpty();
    }
}
