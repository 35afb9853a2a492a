package org.espalier.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.espalier.model.EspalierException;
import org.junit.jupiter.api.Test;

/** Headers that lie: each is read, or refused with one line. */
class GgufFuzzTest {
    private static final long SEED = 20261126;
    private static final int CASES = 100_000;
    private static final Pattern ONE_LINE = Pattern.compile("fuzz\\.gguf \\P{Cntrl}{1,300}");
    private static final Path NAME = Path.of("fuzz.gguf");

    /** What counts, lengths, offsets and types are replaced with. */
    private static final long[] LIES = {
        0,
        1,
        -1,
        2,
        8,
        9,
        31,
        33,
        255,
        1 << 16,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        1L << 32,
        1L << 40,
        Long.MAX_VALUE,
        Long.MAX_VALUE - 31,
        Long.MIN_VALUE,
        -32
    };

    @Test
    void everyLieIsReadOrRefusedInOneLine() throws IOException {
        Random random = new Random(SEED);
        byte[] whole = model();
        int header = whole.length - 2 * 128;
        int refused = 0;
        long began = System.nanoTime();
        for (int round = 0; round < CASES; round++) {
            byte[] mutated = mutated(whole, header, random);
            try (GgufReader in = new GgufReader(NAME, new BytesChannel(mutated))) {
                GgufHeader read = GgufHeader.read(NAME, in, round % 2 == 0 ? Set.of() : Set.of(GgufHeader.TOKENS));
                read.requireLoadable();
                requireSound(read, round);
            } catch (EspalierException e) {
                refused++;
                require(ONE_LINE.matcher(String.valueOf(e.getMessage())).matches(), round, e.getMessage());
            } catch (RuntimeException e) {
                throw new AssertionError("seed %d, round %d".formatted(SEED, round), e);
            }
        }
        System.out.printf(
                "GgufFuzzTest: %,d mutated headers (seed %d), %,d refused, %,d read, in %.1f s%n",
                CASES, SEED, refused, CASES - refused, (System.nanoTime() - began) / 1e9);
        assertThat(refused).isBetween(CASES / 4, CASES - CASES / 20);
    }

    /** What native code would rely on. */
    private static void requireSound(GgufHeader header, int round) {
        List<GgufTensor> tensors = new ArrayList<>(header.tensors());
        tensors.sort(Comparator.comparingLong(GgufTensor::offset).thenComparingLong(GgufTensor::bytes));
        long end = 0;
        for (GgufTensor tensor : tensors) {
            require(tensor.offset() >= end, round, "tensors overlap");
            end = tensor.offset() + tensor.bytes();
        }
        require(end <= header.fileBytes(), round, "a tensor ends behind the file");
        header.cacheBytesPerToken();
        header.quantisation();
        header.parameterCount();
        long layers = header.layers().orElse(1);
        require(layers >= 1 && layers <= 512, round, layers + " layers");
    }

    /** AssertJ would take most of the time. */
    private static void require(boolean condition, int round, String what) {
        if (!condition) {
            throw new AssertionError("seed %d, round %d: %s".formatted(SEED, round, what));
        }
    }

    /** One to four edits of a whole header; sometimes what follows is missing. */
    private static byte[] mutated(byte[] whole, int header, Random random) {
        byte[] bytes = whole.clone();
        ByteBuffer numbers = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int edits = 1 + random.nextInt(4);
        for (int i = 0; i < edits; i++) {
            // Half of the edits aim at the beginning, where the counts are, and half at the tensors at the end.
            int at = 4 + random.nextInt(header - 12);
            at = random.nextBoolean()
                    ? at
                    : random.nextBoolean() ? Math.min(at, 4 + random.nextInt(500)) : header - 8 - random.nextInt(300);
            long lie = LIES[random.nextInt(LIES.length)];
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> numbers.putInt(at, (int) lie);
                case 3 -> numbers.putLong(at, lie);
                default -> System.arraycopy(whole, 4 + random.nextInt(header - 12), bytes, at, 8);
            }
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private static byte[] model() {
        List<String> tokens = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tokens.add("t" + i);
        }
        return new GgufWriter()
                .text("general.architecture", "llama")
                .number("general.alignment", 32)
                .number("llama.block_count", 2)
                .number("llama.context_length", 64)
                .number("llama.embedding_length", 64)
                .number("llama.attention.head_count", 4)
                .numbers("llama.attention.head_count_kv", List.of(2, 2))
                .text("tokenizer.chat_template", "{{ messages }}")
                .texts(GgufHeader.TOKENS, tokens)
                .numbers("tokenizer.ggml.token_type", Collections.nCopies(40, 1))
                .tensor("token_embd.weight", 4, 8)
                .tensor("output.weight", 8, 4)
                .toBytes();
    }
}
