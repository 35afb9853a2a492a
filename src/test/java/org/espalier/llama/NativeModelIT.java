package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.espalier.model.ChatMessage;
import org.espalier.model.EspalierException;
import org.espalier.model.UsageException;
import org.espalier.prompt.ChatTemplate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeModelIT {
    @TempDir
    static Path directory;

    private static Path llama;

    @BeforeAll
    static void writeModel() throws Exception {
        llama = TinyGguf.write("llama", directory);
    }

    @Test
    void describesItself() throws Exception {
        try (NativeModel model = NativeModel.open(llama, ModelOptions.DEFAULT)) {
            assertThat(model.description()).startsWith("llama");
            assertThat(model.layers()).isEqualTo(2);
            assertThat(model.embeddingSize()).isEqualTo(64);
            assertThat(model.trainedContext()).isEqualTo(2048);
            assertThat(model.parameters()).isBetween(80_000L, 200_000L);
            assertThat(model.bytes()).isEqualTo(4 * model.parameters());
            assertThat(model.isRecurrent()).isFalse();
            assertThat(model.attentionWindow()).isZero();
            assertThat(model.metadata("general.name")).isEqualTo("tiny");
            assertThat(model.metadata("no.such.key")).isNull();
            // 2 layers, 2 heads of 16 for keys and as many for values, 2 bytes each
            assertThat(model.bytesPerCell(ContextOptions.CacheType.F16)).isEqualTo(2 * 2 * 32 * 2);
        }
        try (NativeModel mamba = NativeModel.open(TinyGguf.write("mamba", directory), ModelOptions.DEFAULT)) {
            assertThat(mamba.isRecurrent()).isTrue();
        }
    }

    @Test
    void rendersItsChatTemplate() {
        try (NativeModel model = NativeModel.open(llama, ModelOptions.DEFAULT)) {
            List<ChatMessage> chat = List.of(ChatMessage.system("Be brief."), ChatMessage.user("2 + 2? \uD83C\uDF33"));
            ChatTemplate template = model.chatTemplate();
            assertThat(template).isNotNull();
            assertThat(template.render(chat, true)).isEqualTo(ChatTemplate.CHATML.render(chat, true));
            assertThat(template.render(chat, false)).isEqualTo(ChatTemplate.CHATML.render(chat, false));
            assertThat(model.chatTemplateText()).contains("<|im_start|>");
        }
    }

    @Test
    void tokenizes() {
        try (NativeModel model = NativeModel.open(llama, ModelOptions.DEFAULT)) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            assertThat(tokenizer.size()).isEqualTo(TinyGguf.VOCABULARY);
            assertThat(tokenizer.beginning()).isEmpty();
            for (String text : List.of("", "Hello", "x² = 3·π 🌳", "a\0b", "\uD800", "<|im_end|>", "a".repeat(5000))) {
                int[] tokens = tokenizer.encode(text, false);
                assertThat(decode(tokenizer, tokens)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
            }
            assertThat(tokenizer.encode("<|im_end|>", true)).containsExactly(TinyGguf.END_OF_TURN);
            assertThat(tokenizer.piece(TinyGguf.END_OF_TURN)).isEmpty();
            assertThat(tokenizer.isEndOfGeneration(TinyGguf.END_OF_TURN)).isTrue();
            assertThat(tokenizer.isEndOfGeneration(TinyGguf.FIRST_BYTE)).isFalse();
            assertThatThrownBy(() -> tokenizer.piece(TinyGguf.VOCABULARY))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> tokenizer.piece(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private static byte[] decode(NativeTokenizer tokenizer, int[] tokens) {
        int length = Arrays.stream(tokens).map(t -> tokenizer.piece(t).length).sum();
        byte[] text = new byte[length];
        int at = 0;
        for (int token : tokens) {
            byte[] piece = tokenizer.piece(token);
            System.arraycopy(piece, 0, text, at, piece.length);
            at += piece.length;
        }
        return text;
    }

    @Test
    void saysWhatIsWrongWithAFile() throws IOException {
        assertFails(directory.resolve("none.gguf"), "does not exist");
        assertFails(directory, "is a directory");
        assertFails(Files.writeString(directory.resolve("text.gguf"), "no model at all"), "is not a GGUF");
        assertFails(Files.write(directory.resolve("empty.gguf"), new byte[0]), "is not a GGUF");

        byte[] whole = Files.readAllBytes(llama);
        assertFails(write("cut.gguf", Arrays.copyOf(whole, whole.length / 2)), "not within the file bounds");
        assertFails(write("header.gguf", Arrays.copyOf(whole, 100)), "cannot load the model");
        assertFails(write("magic.gguf", Arrays.copyOf(whole, 4)), "cannot load the model");
        assertFails(write("other.gguf", replace(whole, "llama", "lxxma")), "unknown model architecture: 'lxxma'");
    }

    private static Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private static byte[] replace(byte[] bytes, String from, String to) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertFails(Path file, String reason) {
        assertThatThrownBy(() -> NativeModel.open(file, ModelOptions.DEFAULT))
                .isInstanceOf(EspalierException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void canBeClosedTwiceButNotUsedAfterwards() {
        NativeModel model = NativeModel.open(llama, ModelOptions.DEFAULT);
        NativeTokenizer tokenizer = new NativeTokenizer(model);
        model.close();
        model.close();
        assertThatThrownBy(() -> model.metadata("general.name"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the model llama.gguf is closed");
        assertThatThrownBy(() -> tokenizer.encode("x", false)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new NativeTokenizer(model)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> NativeContext.open(model, ContextOptions.of(256, 1)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(tokenizer.piece(TinyGguf.FIRST_BYTE + 'x')).isEqualTo(new byte[] {'x'});
    }

    @Test
    void staysOpenForItsContexts() {
        NativeModel model = NativeModel.open(llama, ModelOptions.DEFAULT);
        NativeContext context = NativeContext.open(model, ContextOptions.of(256, 1));
        assertThatThrownBy(model::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in use");
        assertThat(model.metadata("general.name")).isEqualTo("tiny");
        context.close();
        context.close();
        model.close();
    }

    @Test
    void refusesOptionsOutOfRange() {
        assertThatThrownBy(() -> new ModelOptions(-2, true, true)).isInstanceOf(UsageException.class);
    }

    @Test
    void namesTheDevices() {
        assertThat(NativeLibrary.description()).first().asString().startsWith("llama.cpp 0.5.0");
        assertThat(NativeLibrary.description()).anyMatch(line -> line.startsWith("CPU"));
    }
}
