package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.espalier.catalog.ModelStore;
import org.espalier.model.FetchListener;
import org.espalier.runtime.LoadCheckIT;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input gets one line that says what is wrong, and the documented exit code. */
class BadInputIT {
    private static final String SMOLLM2 = "smollm2-135m-instruct";

    @TempDir
    private Path folder;

    private static void assertRefused(Cli cli, int code, String... words) {
        assertThat(cli.code()).as(cli.err()).isEqualTo(code);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err().lines().filter(line -> line.startsWith("espalier: ")))
                .hasSize(1);
        assertThat(cli.err().lines().filter(line -> !line.matches("(espalier: |Try '|Did you mean|Possible ).*")))
                .isEmpty();
        assertThat(cli.err()).contains(words).doesNotContain("Exception");
    }

    private static Path defaultModel() {
        ModelStore store = ModelStore.open();
        return store.fetch(store.catalog().defaultPolicy(), FetchListener.NONE).path();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "solve|2|give the problem",
                "solve ''|2|the problem is empty",
                "solve x --method tree|2|choose greedy, majority, short-m, best-of-n, beam, dvts, rebase, dora",
                "solve x -n 0|2|-n must be 1 to 10000",
                "solve x -n 6 --beam-width 4|2|try -n 4 or -n 8",
                "solve x -n many|2|many",
                "solve x --temperature -1|2|--temperature must be in 0..100",
                "solve x --temperature NaN|2|--temperature must be in 0..100",
                "solve x --top-p 0|2|--top-p",
                "solve x --max-tokens 0|2|--max-tokens must be 1 or more",
                "solve x --deadline soon|2|such as 1500ms",
                "solve x --deadline 0s|2|--deadline must be positive",
                "solve x --budget-tokens 0|2|--budget-tokens must be 1 or more",
                "solve x --memory lots|2|such as 512m",
                "solve x --delimiter=|2|--delimiter is empty",
                "solve x --parity vllm|2|choose strict or sal",
                "solve x --threads 0|2|--threads must be in 1..",
                "solve x --context 0|2|--context must be",
                "solve x --gpu-layers -2|2|--gpu-layers must be",
                "solve x --policy no-such-model|2|neither a file nor a known model",
                "solve x --policy smollm2-135m|2|did you mean smollm2-135m-instruct",
                "solve x --policy /no/such.gguf|2|there is no file /no/such.gguf",
                "solve x --prm smollm2-135m-instruct|2|needs --prm-profile",
                "solve x --prm smollm2-135m-instruct --prm-profile nope|2|known are math-shepherd",
                "solve --file /no/such.txt|2|cannot read the problem from /no/such.txt",
                "solve x --file y|2|not both",
                "solve x --tree /no/such/folder/tree.jsonl|2|cannot write",
                "solve x --policy smollm2-135m-instruct --memory 100m|1|--memory is too small",
                "solve x -n 2147483648|2|'2147483648' is not an int",
                "solve x -n -1|2|-n must be 1 to 10000",
                "solve x -n 4 -n 8|2|-n is given twice",
                "solve x --temperature 1e400|2|--temperature must be in 0..100, not Infinity",
                "solve x --deadline 9223372036854775807s|2|such as 1500ms",
                "solve x --threads 512|2|--threads must be in 1..",
                "solve x --policy ''|2|--policy is empty",
                "solve x --prm ''|2|--prm is empty",
                "solve x --prm likelihood:|2|the name of a model is empty",
                "solve x --plan ''|2|give a file's name",
                "solve x --plan /|2|cannot read the plan /: it is a folder",
                "solve x --plan /dev/null|2|the plan /dev/null cannot be used",
                "solve x --policy /dev/null|1|/dev/null is not a GGUF file",
                "solve x --policy a\u001b[31m|2|'a\\u001b[31m' is neither a file nor a known model",
                "solve x --server http://127.0.0.1:99999|2|--server must be an address",
                "solve x --server http://127.0.0.1:0|2|--server must be an address",
                "solve x --server http://127.0.0.1:1 --api-key \u00e9|2|--api-key",
                "solve x --server http://127.0.0.1:1|1|connection refused",
                "solve x --model y|2|--model is one of a server's: add --server",
                "solve x --server http://127.0.0.1:1 --model y@beam-4|2|--model is a model's name alone",
                "solve x --server http://127.0.0.1:1 --model ''|2|--model is empty",
                "solve x --server http://nowhere.invalid|1|there is no such host",
                "score --problem x --solution /|2|cannot read the solution from /: it is a folder",
                "tree /dev/null|2|it has no nodes",
                "tree /|2|cannot read the tree from /: it is a folder",
                "report /dev/null|2|holds no run",
                "eval /no/such --out /dev/null/x|2|there is no data set or file /no/such",
                "serve --port 99999|2|--port must be 0 to 65535",
                "serve --host ''|2|--host is empty",
                "models fetch http://127.0.0.1:99999/m.gguf|1|there is no port 99999",
                "models inspect /|1|is a folder",
                "models import /dev/null|2|there is no folder /dev/null",
                "bench --branches 0|2|--branches must be in 1..",
                "bench --tokens -4|2|--tokens must be in 1..",
                "sovle x|2|sovle",
                "solve x --nonsense|2|nonsense",
            })
    void oneLineAndTheDocumentedCode(String command, int code, String words) {
        String[] args = Arrays.stream(command.split(" ", -1))
                .map(word -> word.equals("''") ? "" : word)
                .toArray(String[]::new);
        assertRefused(Cli.run(args), code, words);
    }

    @Test
    void aProblemLongerThanTheContext() {
        String problem = "Eva has 3 pins. She buys 4 more. ".repeat(5_000);
        assertRefused(Cli.solve(problem), 1, "the problem", "tokens");
        assertRefused(Cli.solve(problem, "--policy", SMOLLM2), 1, "the problem", "tokens");
        assertRefused(
                Cli.solve("many words ".repeat(300), "--policy", SMOLLM2, "--context", "256"),
                1,
                "shorten the problem or raise --context");
    }

    @Test
    void filesThatAreNoModels() throws IOException {
        Path text = Files.writeString(folder.resolve("text.gguf"), "this is not a model");
        assertRefused(Cli.solve("x", "--policy", text.toString()), 1, "text.gguf", "GGUF");
        assertRefused(Cli.solve("x", "--policy", folder + "/"), 1, "folder");
        byte[] model = Files.readAllBytes(defaultModel());
        Path truncated = Files.write(folder.resolve("truncated.gguf"), Arrays.copyOf(model, model.length / 2));
        assertRefused(Cli.solve("x", "--policy", truncated.toString()), 1, "truncated.gguf");
        Path headerOnly = Files.write(folder.resolve("header.gguf"), Arrays.copyOf(model, 1000));
        assertRefused(Cli.solve("x", "--policy", headerOnly.toString()), 1, "header.gguf");
        Path empty = Files.createFile(folder.resolve("empty.gguf"));
        assertRefused(Cli.solve("x", "--policy", empty.toString()), 1, "empty.gguf");
    }

    @Test
    void aModelWithoutTheProfilesMarks() {
        // SmolLM2 has "+" and "-", but writes the step tag in several tokens.
        Cli cli = Cli.solve("x", "--policy", SMOLLM2, "--prm", SMOLLM2, "--prm-profile", "math-shepherd");
        assertRefused(cli, ExitCode.FAILED, "PRM profile math-shepherd marks the text with \"ки\"");
    }

    @Test
    void aModelThatLlamaCppDoesNotSurviveFailsTheCommand() throws Exception {
        String model = LoadCheckIT.deadly(folder).toString();
        for (String[] command : List.of(
                new String[] {"solve", "2+2?", "--prm", "self", "--policy", model},
                new String[] {"bench", "--runs", "1", "--policy", model})) {
            Cli cli = Cli.run(command);
            assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err().lines().filter(line -> line.startsWith("espalier: llama.cpp cannot run")))
                    .hasSize(1);
        }
    }
}
