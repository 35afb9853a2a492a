package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.espalier.gguf.GgufWriter;
import org.espalier.llama.LoraGguf;
import org.espalier.llama.TinyGguf;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A policy and a PRM that are one loaded model, and the other ways to judge that take more than one file. */
class SharedBaseIT {
    private static final List<String> SEARCH = List.of(
            "2 + 3?",
            "--method",
            "best-of-n",
            "-n",
            "4",
            "--max-tokens",
            "40",
            "--delimiter",
            "e",
            "--threads",
            "1",
            "--json");

    @TempDir
    static Path folder;

    private static Path base;
    private static Path lora;
    private static Path merged;
    private static Path head;

    @BeforeAll
    static void write() throws Exception {
        base = TinyGguf.write("llama", folder);
        LoraGguf adapter = LoraGguf.over(base, 4, 8, 11, List.of("attn_q", "ffn_down", "output"));
        lora = adapter.write(folder.resolve("lora.gguf"));
        merged = adapter.merge(base, folder.resolve("merged.gguf"));
        head = writeHead();
    }

    /** A linear head of seeded weights for the tests' model, whose 64 numbers it reads. */
    private static Path writeHead() throws IOException {
        Path file = new GgufWriter()
                .text("general.architecture", "prm-head")
                .tensor("head.out.weight", 64, 2)
                .write(folder.resolve("head.gguf"));
        byte[] bytes = Files.readAllBytes(file);
        int weights = 64 * 2 * Float.BYTES;
        Random random = new Random(7);
        FloatBuffer numbers = ByteBuffer.wrap(bytes, bytes.length - weights, weights)
                .order(ByteOrder.LITTLE_ENDIAN)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        while (numbers.hasRemaining()) {
            numbers.put(random.nextFloat() - 0.5f);
        }
        return Files.write(file, bytes);
    }

    private static Cli solve(Object... options) {
        List<String> args = new ArrayList<>(SEARCH);
        args.addAll(List.of("--policy", base.toString()));
        for (Object option : options) {
            args.add(option.toString());
        }
        return Cli.solve(args.toArray(String[]::new));
    }

    private static List<Double> scores(Cli cli) {
        assertThat(cli.complaints()).isEmpty();
        assertThat(cli.code()).isIn(ExitCode.ANSWERED, ExitCode.NO_ANSWER);
        List<Double> scores = new ArrayList<>();
        for (JsonNode completion : cli.json().get("completions")) {
            completion.get("stepScores").forEach(score -> scores.add(score.asDouble()));
        }
        return scores;
    }

    private static List<String> texts(Cli cli) {
        List<String> texts = new ArrayList<>();
        cli.json()
                .get("completions")
                .forEach(completion -> texts.add(completion.get("text").asString()));
        return texts;
    }

    @Test
    void anAdaptedPrmJudgesAsItsMergedModelDoesAndThePolicyWritesAsBefore() {
        Cli adapted = solve("--prm", "base", "--prm-adapter", lora, "--prm-profile", "trl-prm", "--prm-head", head);
        Cli whole = solve("--prm", merged, "--prm-profile", "trl-prm", "--prm-head", head);
        Cli plain = solve("--prm", base, "--prm-profile", "trl-prm", "--prm-head", head);
        assertThat(texts(adapted)).isEqualTo(texts(whole)).isEqualTo(texts(plain));
        List<Double> scores = scores(adapted);
        List<Double> expected = scores(whole);
        assertThat(scores).hasSameSizeAs(expected).hasSizeGreaterThan(3);
        double farthest = 0;
        for (int i = 0; i < scores.size(); i++) {
            assertThat(scores.get(i)).isCloseTo(expected.get(i), within(1e-3));
            farthest = Math.max(farthest, Math.abs(scores.get(i) - scores(plain).get(i)));
        }
        assertThat(farthest).as("the adapter matters").isGreaterThan(0.05);
    }

    @Test
    void anAdaptedPolicyWritesWhatItsMergedModelDoes() {
        Cli adapted = solve("--policy-adapter", lora, "--prm", "self");
        List<String> args = new ArrayList<>(SEARCH);
        args.addAll(List.of("--policy", merged.toString(), "--prm", "self"));
        List<String> written = new ArrayList<>(texts(adapted));
        List<String> ofMerged = texts(Cli.solve(args.toArray(String[]::new)));
        assertThat(written).hasSameSizeAs(ofMerged);
        // Merged weights are rounded otherwise: a token between two that are as likely may be drawn differently, once.
        written.removeAll(ofMerged);
        assertThat(written).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void policyAndPrmAreTwoAdaptersOfOneModel() throws Exception {
        LoraGguf another = LoraGguf.over(base, 4, 8, 23, List.of("attn_q", "ffn_down"));
        Path prmLora = another.write(folder.resolve("prm-lora.gguf"));
        Path prmMerged = another.merge(base, folder.resolve("prm-merged.gguf"));
        List<Object> judged = List.of("--policy-adapter", lora, "--prm-profile", "trl-prm", "--prm-head", head);
        Cli adapted = solve(with(judged, "--prm", "base", "--prm-adapter", prmLora));
        Cli whole = solve(with(judged, "--prm", prmMerged));
        Cli policyAlone = solve(with(judged, "--prm", base));
        assertThat(texts(adapted)).isEqualTo(texts(whole));
        assertThat(scores(adapted)).hasSizeGreaterThan(3).isNotEqualTo(scores(policyAlone));
        for (int i = 0; i < scores(adapted).size(); i++) {
            assertThat(scores(adapted).get(i)).isCloseTo(scores(whole).get(i), within(1e-3));
        }
        assertThat(texts(adapted))
                .isNotEqualTo(texts(solve("--prm", "base", "--prm-profile", "trl-prm", "--prm-head", head)));
    }

    private static Object[] with(List<Object> options, Object... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toArray();
    }

    @Test
    void anImplicitPrmIsComparedWithItsReference() {
        Cli cli = solve("--prm", merged, "--prm-reference", base, "--prm-profile", "implicit-prm");
        assertThat(scores(cli))
                .hasSizeGreaterThan(3)
                .allSatisfy(score -> assertThat(score).isBetween(0.4, 0.6).isNotEqualTo(0.5));
        assertThat(cli.json().get("models")).hasSize(3);
        assertThat(cli.json().get("usage").get("prmTokens").asLong()).isPositive();
    }

    @Test
    void anAdapterOfAnotherBaseIsRefused() throws Exception {
        Path other = new LoraGguf(4, 8)
                .change("blk.0.attn_q.weight", 32, 32, new Random(1))
                .write(folder.resolve("other.gguf"));
        Cli cli = solve("--prm-adapter", other, "--prm-profile", "rlhflow");
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.err()).contains("another model's", "attn_q");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--prm-profile thinkprm --prm self --prm-samples 2 | --prm-samples and --prm-tokens are for PRMs",
                "--prm-profile eurus-prm --prm BASE | --prm-reference",
                "--prm-profile rlhflow --prm BASE --prm-reference BASE | --prm-reference is for implicit PRMs",
                "--prm-profile thinkprm --prm BASE --prm-samples 0 | --prm-samples must be in 1..256",
                "--prm-adapter LORA | needs --prm-profile",
                "--thinking on | chat template has no <think>",
                "--think-tokens 10 --thinking off | of no use with --thinking off",
            })
    void whatDoesNotFitTogetherIsRefusedInOneLine(String options, String message) {
        Cli cli = solve((Object[]) options.strip()
                .replace("BASE", base.toString())
                .replace("LORA", lora.toString())
                .split(" "));
        assertThat(cli.err()).contains(message.strip());
        assertThat(cli.err().lines()).hasSize(1);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_USAGE);
    }

    @Test
    void aModelWithoutTheVerdictsTokensIsRefused() {
        Cli cli = solve("--prm", base, "--prm-profile", "thinkprm");
        assertThat(cli.code()).isEqualTo(ExitCode.FAILED);
        assertThat(cli.err()).contains("PRM profile thinkprm reads the token \"yes\"");
        assertThat(cli.err().lines()).hasSize(1);
    }
}
