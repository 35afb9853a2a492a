import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import java.util.Map;

/** Asks a server through OpenAI's client for Java; prints a line for each thing it is told. */
public final class OpenAiJavaClient {
    private static final String PROBLEM = "Start with 12, then multiply by 7, then subtract 5. What is the result?";

    public static void main(String[] args) {
        OpenAIClient client = client(args[0], "secret");
        client.models().list().data().forEach(model -> say("model", model.id()));
        ChatCompletion answer = client.chat()
                .completions()
                .create(ask("default")
                        .n(2)
                        .seed(7)
                        .putAdditionalBodyProperty(
                                "espalier", JsonValue.from(Map.of("method", "best-of-n", "n", 4)))
                        .build());
        answer.choices().forEach(choice -> say("choice", choice.message().content().orElse("")));
        say("finish", answer.choices().get(0).finishReason().asString());
        say("tokens", answer.usage().orElseThrow().totalTokens());
        say("espalier", answer._additionalProperties().get("espalier"));
        ChatCompletion cut = client.chat().completions().create(ask("default@greedy").stop("Step 2").build());
        say("cut", cut.choices().get(0).message().content().orElse(""));

        StringBuilder text = new StringBuilder();
        ChatCompletionCreateParams streamed = ask("default@dvts-8")
                .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(streamed)) {
            stream.stream().forEach(chunk -> {
                chunk.choices().forEach(choice -> choice.delta().content().ifPresent(text::append));
                chunk.usage().ifPresent(usage -> say("streamed-tokens", usage.totalTokens()));
            });
        }
        say("streamed", text);
        say(
                "completion",
                client.completions()
                        .create(CompletionCreateParams.builder()
                                .model("default@greedy")
                                .prompt("What is 2 + 3?")
                                .build())
                        .choices()
                        .get(0)
                        .text());

        refused(() -> client.chat().completions().create(ask("gpt-4").build()));
        refused(() -> client.chat().completions().create(ask("default").temperature(3).build()));
        refused(() -> client(args[0], "wrong").models().list());

        ChatCompletionCreateParams endless = ask("default@majority-64").temperature(2).build();
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(endless)) {
            say("cancelled", stream.stream().findFirst().isPresent());
        }
        client.close();
    }

    private static OpenAIClient client(String url, String key) {
        return OpenAIOkHttpClient.builder().baseUrl(url + "/v1").apiKey(key).maxRetries(0).build();
    }

    private static ChatCompletionCreateParams.Builder ask(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage(PROBLEM);
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (OpenAIServiceException e) {
            say("refused", e.statusCode() + " " + e.param().orElse("-"));
        }
    }

    private static void say(String what, Object value) {
        System.out.println(what + ": " + String.valueOf(value).replace("\n", "\\n"));
    }
}
