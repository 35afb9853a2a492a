package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.espalier.catalog.ModelStore;
import org.espalier.engine.Batch;
import org.espalier.engine.ModelRunner;
import org.espalier.engine.ModelRunner.Outcome;
import org.espalier.model.ChatMessage;
import org.espalier.model.FetchListener;
import org.espalier.model.SamplingParams;
import org.junit.jupiter.api.Test;

/** A model that speaks: SmolLM2-135M-Instruct, fetched if it is not here. */
class NativeSmolIT {
    @Test
    void answers() {
        ModelStore store = ModelStore.open();
        Path file = store.fetch(store.catalog().get("smollm2-135m-instruct"), FetchListener.NONE)
                .path();
        try (NativeModel model = NativeModel.open(file, ModelOptions.DEFAULT);
                ModelRunner runner = LlamaModelRunner.open(model, ContextOptions.of(1024, 4))) {
            NativeTokenizer tokenizer = new NativeTokenizer(model);
            // Its template's own instruction makes a model of this size wander.
            List<ChatMessage> messages = List.of(
                    ChatMessage.system("You are a helpful assistant."),
                    ChatMessage.user("What is the capital of France?"));
            // Left to itself it finds the first word hard, and processors that round differently begin differently.
            String prompt =
                    Objects.requireNonNull(model.chatTemplate()).render(messages, true) + "The capital of France is";
            int[] tokens = tokenizer.encode(prompt, true);
            Batch batch = runner.batch();
            int index = -1;
            for (int i = 0; i < tokens.length; i++) {
                index = batch.add(tokens[i], i, 0);
            }
            int row = batch.sample(index, SamplingParams.GREEDY, 0);
            ByteArrayOutputStream reply = new ByteArrayOutputStream();
            for (int position = tokens.length; position < tokens.length + 40; position++) {
                assertThat(runner.run(Long.MAX_VALUE)).isEqualTo(Outcome.DONE);
                int token = batch.sampledToken(row);
                if (tokenizer.isEndOfGeneration(token)) {
                    break;
                }
                reply.writeBytes(tokenizer.piece(token));
                batch.clear();
                row = batch.sample(batch.add(token, position, 0), SamplingParams.GREEDY, 0);
            }
            assertThat(reply.toString(StandardCharsets.UTF_8)).contains("Paris");
        }
    }
}
