package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.espalier.catalog.ModelStore;
import org.espalier.gguf.GgufWriter;
import org.espalier.model.FetchListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class ModelsCommandTest {
    @TempDir
    private Path folder;

    private static Path prm() {
        ModelStore store = ModelStore.open();
        return store.fetch(store.catalog().get("arith-prm"), FetchListener.NONE).path();
    }

    private static GgufWriter named(String name) {
        return new GgufWriter()
                .text("general.architecture", "qwen2")
                .text("general.name", name)
                .texts("tokenizer.ggml.tokens", List.of("a", "+", "-"));
    }

    @Test
    void listsWithTheMemoryThatAContextTakes() {
        JsonNode small =
                entry(Cli.run("models", "list", "--json", "--context", "1000").json(), "arith-prm");
        JsonNode large =
                entry(Cli.run("models", "list", "--json", "--context", "3000").json(), "arith-prm");

        assertThat(small.path("role").asString()).isEqualTo("prm");
        assertThat(small.path("bytes").asLong()).isEqualTo(12_266_912);
        assertThat(small.path("isHere").asBoolean()).isTrue();
        long perToken = (small.path("memoryBytes").asLong() - 12_266_912) / 1000;
        assertThat(perToken).isPositive();
        assertThat(large.path("memoryBytes").asLong()).isEqualTo(12_266_912 + 3000 * perToken);
        assertThat(Cli.run("models", "list").out()).contains("* ", "arith-small", "bundled", "Apache-2.0");
        assertThat(Cli.run("models", "list", "--context", "0").code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    private static JsonNode entry(JsonNode lines, String name) {
        for (JsonNode line : lines) {
            if (line.path("name").asString().equals(name)) {
                return line;
            }
        }
        throw new AssertionError("no " + name + " in " + lines);
    }

    @Test
    void inspectsAPrmByNameAndByFile() {
        JsonNode byName = Cli.run("models", "inspect", "arith-prm", "--json").json();
        assertThat(Cli.run("models", "inspect", prm().toString(), "--json").json())
                .isEqualTo(byName);
        JsonNode model = byName.path("model");
        assertThat(model.path("parameters").asLong()).isBetween(6_000_000L, 6_200_000L);
        assertThat(model.path("profiles")).hasSize(1);
        assertThat(model.path("profiles").path(0).path("profile").asString()).isEqualTo("espalier-verdict");
        assertThat(model.path("profiles").path(0).path("certain").asBoolean()).isTrue();
        assertThat(model.path("warnings")).isEmpty();
    }

    @Test
    void memoryGrowsWithNAndWithThePrm() {
        long one = memory("-n", "1");
        long sixteen = memory("-n", "16");
        long both = memory("-n", "16", "--prm", "arith-prm");
        assertThat(sixteen).isGreaterThan(one);
        assertThat(both).isGreaterThan(sixteen + 12_000_000);
        assertThat(Cli.run("models", "inspect", "arith-small", "--prm", "arith-prm")
                        .out())
                .contains("memory", "for -n 16", "at least");
    }

    private static long memory(String... options) {
        String[] arguments = Stream.concat(
                        Stream.of("models", "inspect", "arith-small", "--json"), Arrays.stream(options))
                .toArray(String[]::new);
        return Cli.run(arguments).json().path("memory").path("wholeBytes").asLong();
    }

    @Test
    void warnsOfADensePrmWithoutItsHead() throws IOException {
        Path published = named("Qwen2.5-Math-PRM-7B").write(folder.resolve("Qwen2.5-Math-PRM-7B.gguf"));
        assertThat(Cli.run("models", "inspect", published.toString()).out())
                .contains("qwen-math-prm (its name is known)")
                .contains("warning", "is a dense-head PRM without its head");

        Path file = named("Somebody's PRM 7B").write(folder.resolve("q.gguf"));
        Cli cli = Cli.run("models", "inspect", file.toString());
        assertThat(cli.code()).isZero();
        assertThat(cli.out()).contains("warning", "looks like a dense-head PRM without its head", "models import");

        named("head").write(folder.resolve("q.head.gguf"));
        assertThat(Cli.run("models", "inspect", file.toString()).out())
                .contains("q.head.gguf is not a PRM's head but a model")
                .doesNotContain("without its head");
        new GgufWriter()
                .text("general.architecture", "prm-head")
                .text("espalier.prm.profile", "skywork-o1-prm")
                .tensor("head.out.weight", 6, 1)
                .write(folder.resolve("q.head.gguf"));
        assertThat(Cli.run("models", "inspect", file.toString()).out())
                .contains("q.head.gguf", "skywork-o1-prm (the head's file names it)")
                .doesNotContain("is not a PRM's head", "without its head");
        Path plain = named("Qwen2.5 Math 7B").write(folder.resolve("p.gguf"));
        assertThat(Cli.run("models", "inspect", plain.toString()).out())
                .doesNotContain("without its head")
                .contains("possibly rlhflow (its vocabulary has + and -)");
    }

    @Test
    void inspectsDamagedFilesAndSaysWhatIsWrong() throws IOException {
        byte[] bytes = Files.readAllBytes(prm());
        Path cut = Files.write(folder.resolve("cut.gguf"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(Cli.run("models", "inspect", cut.toString()).out()).contains("is cut off");
        Path text = Files.writeString(folder.resolve("text.gguf"), "no");
        Cli cli = Cli.run("models", "inspect", text.toString());
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("text.gguf is not a GGUF file");
        assertThat(Cli.run("models", "inspect", "no-such-model").code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void solveAndServeReadHeadersBeforeNativeCodeDoes() throws IOException {
        Path lie = new GgufWriter()
                .text("general.architecture", "llama")
                .texts("tokenizer.ggml.tokens", List.of("a", "a"))
                .write(folder.resolve("lie.gguf"));
        Path text = Files.writeString(folder.resolve("solution.txt"), "one step");
        for (List<String> command : List.of(
                List.of("solve", "x", "--policy"),
                List.of("solve", "x", "--prm-profile", "rlhflow", "--prm"),
                List.of("serve", "--policy"),
                List.of("bench", "--policy"),
                List.of(
                        "score",
                        "--problem",
                        "x",
                        "--solution",
                        text.toString(),
                        "--prm-profile",
                        "rlhflow",
                        "--prm"))) {
            String[] arguments =
                    Stream.concat(command.stream(), Stream.of(lie.toString())).toArray(String[]::new);
            Cli cli = Cli.run(arguments);
            assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err()).contains("lie.gguf is not a usable GGUF file: its header has the same token twice");
        }
    }
}
