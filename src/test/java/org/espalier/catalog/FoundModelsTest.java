package org.espalier.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.espalier.gguf.GgufWriter;
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

        assertThat(models().all()).extracting(FoundModel::name).containsExactly("Big", "Model-Q8_0");
        assertThat(models().find("big").map(FoundModel::bytes)).contains(2 * Files.size(file));
        assertThat(models().find("Big-00001-of-00002")).isPresent();
        assertThat(models().find("big/Model/Big-00001-of-00002")).isPresent();
        assertThat(models().find("model-q8_0"))
                .contains(new FoundModel("Model-Q8_0", "Hugging Face", file, Files.size(file)));
        assertThat(models().find("owner/Repo-GGUF/Model-Q8_0")).isPresent();
        assertThat(models().find("stranger/Repo-GGUF/Model-Q8_0")).isEmpty();
        assertThat(models().find("Model")).isEmpty();
    }

    @Test
    void aTagStandsForAFileOfARepository() throws IOException {
        Path hub = home.resolve(".cache/huggingface/hub");
        Path q4 = hubFile(hub, "owner/Repo-GGUF", "Repo-Q4_K_M.gguf");
        Path q8 = hubFile(hub, "owner/Repo-GGUF", "Repo-Q8_0.gguf");
        Path only = hubFile(hub, "owner/One", "One.F16.gguf");
        for (String host : new String[] {"", "hub.example/", "a.hub.example/"}) {
            assertThat(models().find(host + "owner/Repo-GGUF:Q8_0").map(FoundModel::path))
                    .contains(q8);
            assertThat(models().find(host + "owner/repo-gguf:q8_0").map(FoundModel::path))
                    .contains(q8);
            assertThat(models().find(host + "owner/Repo-GGUF").map(FoundModel::path))
                    .contains(q4);
            assertThat(models().find(host + "owner/One").map(FoundModel::path)).contains(only);
            assertThat(models().find(host + "owner/Repo-GGUF:Q5_K_M")).isEmpty();
            assertThat(models().find(host + "wner/Repo-GGUF:Q8_0")).isEmpty();
        }
    }

    @Test
    void whatCannotBeReadHidesNothingElse() throws IOException {
        Path file = write(home.resolve(".lmstudio/models/pub/repo/a.gguf"));
        Path repository = file.getParent();
        Files.createSymbolicLink(repository.resolve("loop"), repository);
        Files.createSymbolicLink(repository.resolve("itself"), repository.resolve("itself"));
        Files.createSymbolicLink(repository.resolve("gone.gguf"), home.resolve("nowhere"));
        Path closed = Files.createDirectories(repository.resolve("closed"));
        write(closed.resolve("b.gguf"));
        Files.setPosixFilePermissions(closed, Set.of());
        try {
            assertThat(models().all()).extracting(FoundModel::path).contains(file);
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
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

        assertThat(models().find("someone/prm")).isPresent();
        assertThat(models().find("registry.example/someone/prm:latest")).isPresent();
        assertThat(models().find("llama3.2")).isEmpty();

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
