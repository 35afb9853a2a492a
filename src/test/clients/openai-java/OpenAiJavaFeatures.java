import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Asks a server through OpenAI's client for Java; prints one JSON object: feature, and true or why not. */
public final class OpenAiJavaFeatures {
    private static final String GREEDY = "default@greedy";
    private static final String SEARCH = "default@majority-4";
    private static final String ASK = "What is 2 + 3?";

    private final Map<String, String> found = new TreeMap<>();
    private final OpenAIClient client;

    private OpenAiJavaFeatures(OpenAIClient client) {
        this.client = client;
    }

    public static class Sum {
        public int result;
    }

    @JsonClassDescription("Adds two numbers")
    public static class Add {
        public int a;
        public int b;
    }

    public static void main(String[] args) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(args[0] + "/v1")
                .apiKey(args[1])
                .maxRetries(0)
                .build();
        OpenAiJavaFeatures features = new OpenAiJavaFeatures(client);
        features.chats();
        features.others();
        client.close();
        System.out.println("{\"openai (Java)\": {"
                + features.found.entrySet().stream()
                        .map(entry -> '"' + entry.getKey() + "\": " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + "}}");
    }

    private void chats() {
        check("chat", () -> !content(create(ask(GREEDY).build())).isBlank());
        check("history", () -> create(ChatCompletionCreateParams.builder()
                                .model(GREEDY)
                                .maxCompletionTokens(40)
                                .addSystemMessage("Be brief.")
                                .addUserMessage(ASK)
                                .addAssistantMessage("It is 5.")
                                .addUserMessage("And one more?")
                                .build())
                        .usage()
                        .orElseThrow()
                        .promptTokens()
                > 20);
        check("stream", () -> {
            StringBuilder text = new StringBuilder();
            try (StreamResponse<ChatCompletionChunk> stream =
                    client.chat().completions().createStreaming(ask(SEARCH).build())) {
                stream.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .forEach(choice -> choice.delta().content().ifPresent(text::append));
            }
            return !text.isEmpty();
        });
        check("async", () -> !content(client.async()
                        .chat()
                        .completions()
                        .create(ask(GREEDY).build())
                        .get())
                .isBlank());
        check("structured", () -> client.chat()
                        .completions()
                        .create(ask(SEARCH).responseFormat(Sum.class).build())
                        .choices()
                        .get(0)
                        .message()
                        .content()
                        .orElseThrow()
                        .result
                > Integer.MIN_VALUE);
        check("tools", () -> create(ask(SEARCH)
                                .addTool(Add.class)
                                .toolChoice(ChatCompletionToolChoiceOption.ofAuto(
                                        ChatCompletionToolChoiceOption.Auto.REQUIRED))
                                .build())
                        .choices()
                        .get(0)
                        .message()
                        .toolCalls()
                        .orElseThrow()
                        .get(0)
                        .asFunction()
                        .function()
                        .arguments(Add.class)
                        .a
                > Integer.MIN_VALUE);
        check("logprobs", () -> {
            ChatCompletion.Choice choice = create(ask(GREEDY).logprobs(true).topLogprobs(2).build())
                    .choices()
                    .get(0);
            return choice.logprobs().orElseThrow().content().orElseThrow().stream()
                    .map(token -> token.token())
                    .collect(Collectors.joining())
                    .startsWith(choice.message().content().orElseThrow());
        });
    }

    private void others() {
        check("responses", () -> {
            Response first = client.responses().create(respond(ASK).build());
            ResponseCreateParams next = respond("And one more?").previousResponseId(first.id()).build();
            try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(next)) {
                List<ResponseStreamEvent> events = stream.stream().toList();
                ResponseStreamEvent last = events.get(events.size() - 1);
                return last.isCompleted() || last.isIncomplete();
            }
        });
        check("models", () -> client.models().list().data().stream()
                .allMatch(model -> client.models().retrieve(model.id()).id().equals(model.id())));
        check("errors", () -> {
            try {
                create(ask("gpt-4o").build());
                return false;
            } catch (NotFoundException e) {
                return true;
            }
        });
    }

    private ChatCompletion create(ChatCompletionCreateParams params) {
        return client.chat().completions().create(params);
    }

    private static String content(ChatCompletion answer) {
        return answer.choices().get(0).message().content().orElse("");
    }

    private static ChatCompletionCreateParams.Builder ask(String model) {
        return ChatCompletionCreateParams.builder().model(model).maxCompletionTokens(80).addUserMessage(ASK);
    }

    private static ResponseCreateParams.Builder respond(String input) {
        return ResponseCreateParams.builder().model(GREEDY).maxOutputTokens(40).input(input);
    }

    private void check(String feature, Callable<Boolean> test) {
        String outcome;
        try {
            outcome = test.call() ? "true" : "\"nothing came\"";
        } catch (Exception | LinkageError e) {
            outcome = '"' + String.valueOf(e).replaceAll("[\\\\\"\\p{Cntrl}]", " ") + '"';
        }
        found.put(feature, outcome);
    }
}
