import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Asks a server through langchain4j's OpenAI module; prints one JSON object: feature, and true or why not. */
public final class Langchain4jClient {
    private static final String GREEDY = "default@greedy";
    private static final String SEARCH = "default@majority-4";
    private static final String ASK = "What is 2 + 3?";
    /** A busy machine takes its time. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final Map<String, String> found = new TreeMap<>();
    private final String url;
    private final String key;

    private Langchain4jClient(String url, String key) {
        this.url = url + "/v1";
        this.key = key;
    }

    interface Assistant {
        Result<String> chat(String message);
    }

    interface Adder {
        Sum add(String problem);
    }

    record Sum(int result) {}

    public static final class Calculator {
        private final List<List<Integer>> calls = new ArrayList<>();

        @Tool("Adds two numbers")
        public int add(int a, int b) {
            calls.add(List.of(a, b));
            return a + b;
        }
    }

    public static void main(String[] args) {
        Langchain4jClient client = new Langchain4jClient(args[0], args[1]);
        client.ask();
        System.out.println("{\"langchain4j\": {"
                + client.found.entrySet().stream()
                        .map(entry -> '"' + entry.getKey() + "\": " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + "}}");
    }

    private void ask() {
        check("chat", () -> !model(GREEDY).build().chat(ASK).isBlank());
        check("history", () -> {
            Assistant assistant = AiServices.builder(Assistant.class)
                    .chatModel(model(GREEDY).build())
                    .chatMemory(MessageWindowChatMemory.withMaxMessages(10))
                    .build();
            int first = assistant.chat(ASK).tokenUsage().inputTokenCount();
            return assistant.chat("And one more?").tokenUsage().inputTokenCount() > first;
        });
        check("stream", () -> {
            StringBuilder text = new StringBuilder();
            ChatResponse whole = streamed(text);
            return whole.aiMessage().text().contentEquals(text)
                    && whole.tokenUsage().outputTokenCount() > 0;
        });
        check("structured", () -> {
            Adder adder = AiServices.create(
                    Adder.class,
                    model(SEARCH)
                            .supportedCapabilities(Capability.RESPONSE_FORMAT_JSON_SCHEMA)
                            .strictJsonSchema(true)
                            .build());
            return adder.add(ASK) != null;
        });
        check("tools", () -> {
            Calculator calculator = new Calculator();
            String answer = AiServices.builder(Assistant.class)
                    .chatModel(model(SEARCH).build())
                    .tools(calculator)
                    .chatRequestTransformer(Langchain4jClient::calling)
                    .build()
                    .chat(ASK)
                    .content();
            if (answer == null || calculator.calls.isEmpty()) {
                throw new IllegalStateException("calls " + calculator.calls + ", then: " + answer);
            }
            return true;
        });
        check("models", () -> !OpenAiModelCatalog.builder()
                .baseUrl(url)
                .apiKey(key)
                .build()
                .listModels()
                .isEmpty());
        check("errors", () -> {
            try {
                model("gpt-4o").build().chat(ASK);
                return false;
            } catch (ModelNotFoundException e) {
                return true;
            }
        });
    }

    private OpenAiChatModel.OpenAiChatModelBuilder model(String name) {
        return OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName(name)
                .maxTokens(80)
                .timeout(PATIENCE)
                .maxRetries(0);
    }

    /** What is asked must be answered with a call; what follows the call need not. */
    private static ChatRequest calling(ChatRequest request) {
        if (!(request.messages().get(request.messages().size() - 1) instanceof UserMessage)) {
            return request;
        }
        return request.toBuilder()
                .parameters(request.parameters()
                        .overrideWith(ChatRequestParameters.builder()
                                .toolChoice(ToolChoice.REQUIRED)
                                .build()))
                .build();
    }

    private ChatResponse streamed(StringBuilder text) throws Exception {
        CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
        OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey(key)
                .modelName(SEARCH)
                .maxTokens(40)
                .timeout(PATIENCE)
                .build()
                .chat(ASK, new StreamingChatResponseHandler() {
                    @Override
                    public void onPartialResponse(String partial) {
                        text.append(partial);
                    }

                    @Override
                    public void onCompleteResponse(ChatResponse response) {
                        whole.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        whole.completeExceptionally(error);
                    }
                });
        return whole.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
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
