import com.openai.errors.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

/** Asks a server through Spring AI's OpenAI module; prints one JSON object: feature, and true or why not. */
public final class SpringAiClient {
    private static final String GREEDY = "default@greedy";
    private static final String SEARCH = "default@majority-4";
    private static final String ASK = "What is 2 + 3?";

    private final Map<String, String> found = new TreeMap<>();
    private final String url;
    private final String key;

    private SpringAiClient(String url, String key) {
        this.url = url + "/v1";
        this.key = key;
    }

    record Sum(int result) {}

    public static final class Calculator {
        private final List<List<Integer>> calls = new ArrayList<>();

        // Every turn must call, so that the first result is what is given.
        @Tool(description = "Adds two numbers", returnDirect = true)
        public int add(int a, int b) {
            calls.add(List.of(a, b));
            return a + b;
        }
    }

    public static void main(String[] args) {
        SpringAiClient client = new SpringAiClient(args[0], args[1]);
        client.ask();
        System.out.println("{\"Spring AI\": {"
                + client.found.entrySet().stream()
                        .map(entry -> '"' + entry.getKey() + "\": " + entry.getValue())
                        .collect(Collectors.joining(", "))
                + "}}");
        System.exit(0);
    }

    private void ask() {
        check("chat", () -> !client(options(GREEDY)).prompt(ASK).call().content().isBlank());
        check("history", () -> {
            ChatClient remembering = ChatClient.builder(model(options(GREEDY)))
                    .defaultAdvisors(MessageChatMemoryAdvisor.builder(
                                    MessageWindowChatMemory.builder().build())
                            .build())
                    .build();
            int first = promptTokens(remembering, ASK);
            return promptTokens(remembering, "And one more?") > first;
        });
        check("stream", () -> !String.join(
                        "", client(options(SEARCH)).prompt(ASK).stream().content().collectList().block())
                .isBlank());
        check("structured", () -> client(options(SEARCH)).prompt(ASK)
                        .call()
                        .entity(Sum.class, form -> form.useProviderStructuredOutput())
                != null);
        check("tools", () -> {
            Calculator calculator = new Calculator();
            OpenAiChatOptions.Builder calling = options(SEARCH);
            calling.toolChoice("required");
            String given = client(calling).prompt(ASK).tools(calculator).call().content();
            if (calculator.calls.isEmpty() || given == null) {
                throw new IllegalStateException("calls " + calculator.calls + ", then: " + given);
            }
            return true;
        });
        check("errors", () -> {
            try {
                client(options("gpt-4o")).prompt(ASK).call().content();
                return false;
            } catch (NotFoundException e) {
                return true;
            }
        });
    }

    private static int promptTokens(ChatClient client, String message) {
        ChatResponse response = client.prompt(message)
                .advisors(advisor -> advisor.param("chat_memory_conversation_id", "one"))
                .call()
                .chatResponse();
        return response.getMetadata().getUsage().getPromptTokens();
    }

    private OpenAiChatOptions.Builder options(String name) {
        return OpenAiChatOptions.builder()
                .baseUrl(url)
                .apiKey(key)
                .model(name)
                .maxTokens(80)
                // A busy machine takes its time.
                .timeout(Duration.ofMinutes(4))
                .maxRetries(0);
    }

    private static OpenAiChatModel model(OpenAiChatOptions.Builder options) {
        return OpenAiChatModel.builder().options(options.build()).build();
    }

    private static ChatClient client(OpenAiChatOptions.Builder options) {
        return ChatClient.create(model(options));
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
