package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.model.Budget;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.espalier.model.LogitChanges;
import org.espalier.model.SamplingParams;
import org.espalier.prompt.PromptOptions;
import org.espalier.search.ScoreAggregation;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.espalier.search.Selection;
import org.espalier.server.SolveRequest.Search;
import org.espalier.server.SolveRequest.Streaming;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON is written with single quotes here. */
class RequestReaderTest {
    static final ServerSettings SETTINGS = new ServerSettings(
            null,
            32,
            2,
            64,
            new Budget(10_000, Duration.ofSeconds(60)),
            SearchMethod.DVTS,
            SearchConfig.builder().maxTokens(1024).build(),
            null,
            42L,
            Set.of());
    private static final String HELLO = "'messages': [{'role': 'user', 'content': 'How much is it?'}]";

    private final RequestReader reader = new RequestReader(SETTINGS, () -> List.of("arith"));
    private final RequestReader strict = new RequestReader(SETTINGS.strictly(), () -> List.of("arith"));

    private static byte[] json(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }

    private SolveRequest chat(String fields) {
        return reader.chat(Json.object(json("{" + fields + "}")));
    }

    private SolveRequest hello(String fields) {
        return chat(HELLO + ", " + fields);
    }

    @Test
    void theDefaultsAreThoseOfTheCommandLine() {
        SolveRequest request = hello("'model': 'default'");
        assertThat(request)
                .isEqualTo(new SolveRequest(
                        "default",
                        new Search(
                                org.espalier.model.Problem.of("How much is it?"),
                                PromptOptions.NONE,
                                SearchMethod.DVTS,
                                SETTINGS.config(),
                                SETTINGS.budget(),
                                1,
                                null),
                        Streaming.NONE,
                        false,
                        "",
                        List.of(),
                        -1));
    }

    @Test
    void everyFieldArrives() {
        SolveRequest request = hello("""
                'model': 'default@greedy', 'n': 3, 'seed': -7, 'stop': ['a', 'b'], 'max_tokens': 5,
                'max_completion_tokens': 100, 'temperature': 0.5, 'top_p': 0.9, 'stream': true,
                'stream_options': {'include_usage': true}, 'user': 'me', 'logprobs': false, 'tools': [],
                'response_format': {'type': 'text'}, 'espalier': {'method': 'beam', 'n': 8, 'beamWidth': 2, 'shortest': 2,
                'maxIterations': 9, 'lookahead': 1, 'aggregation': 'min', 'selection': 'naive', 'stepTokens': 50,
                'topK': 40, 'minP': 0.05, 'budgetTokens': 500, 'deadline': '1500ms', 'events': false}""");
        Search search = request.search();
        assertThat(search.method()).isEqualTo(SearchMethod.BEAM);
        assertThat(search.config())
                .isEqualTo(SearchConfig.builder()
                        .n(8)
                        .beamWidth(2)
                        .shortest(2)
                        .maxIterations(9)
                        .lookahead(1)
                        .aggregation(ScoreAggregation.MIN)
                        .selection(Selection.NAIVE)
                        .stepTokens(50)
                        .sampling(new SamplingParams(0.5, 40, 0.9, 0.05))
                        .maxTokens(100)
                        .seed(-7)
                        .build());
        assertThat(search.budget()).isEqualTo(new Budget(500, Duration.ofMillis(1500)));
        assertThat(search.choices()).isEqualTo(3);
        assertThat(request.search().problem().stops()).containsExactly("a", "b");
        assertThat(request.streaming().on()).isTrue();
        assertThat(request.streaming().usage()).isTrue();
        assertThat(request.streaming().events()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "default@greedy, GREEDY, 1",
        "default@majority-8, MAJORITY, 8",
        "default@best-of-n, BEST_OF_N, 16",
        "default@dvts-64, DVTS, 64",
    })
    void theModelsNameChoosesTheSearch(String model, SearchMethod method, int n) {
        Search search = hello("'model': '" + model + "'").search();
        assertThat(search.method()).isEqualTo(method);
        assertThat(search.config().n()).isEqualTo(n);
        assertThat(search.config().selection()).as("left to the method").isNull();
    }

    @Test
    void theServersLimitsAreKept() {
        Search search = hello(
                        "'model': 'default', 'max_tokens': 4096, 'espalier': {'budgetTokens': 20000, 'deadline': 90}")
                .search();
        assertThat(search.config().maxTokens()).isEqualTo(1024);
        assertThat(search.budget()).isEqualTo(SETTINGS.budget());
    }

    @Test
    void aSeedThatIsNotGivenIsAnotherOneEachTime() {
        ServerSettings own = new ServerSettings(
                null, 1, 1, 64, SETTINGS.budget(), SETTINGS.method(), SETTINGS.config(), null, null, Set.of());
        RequestReader unseeded = new RequestReader(own, () -> List.of("arith"));
        Set<Long> seeds = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            seeds.add(unseeded.chat(Json.object(json("{" + HELLO + ", 'model': 'default'}")))
                    .search()
                    .config()
                    .seed());
        }
        assertThat(seeds).hasSizeGreaterThan(90).allMatch(seed -> seed >= 0 && seed < 1L << 53);
        assertThat(hello("'model': 'default'").search().config().seed())
                .as("the operator's")
                .isEqualTo(42);
        assertThat(hello("'model': 'default', 'seed': -1").search().config().seed())
                .isEqualTo(-1);
    }

    @Test
    void aSearchThatIsLeftOpenIsOneThatKeepsN() {
        Search several = hello("'model': 'default', 'n': 8").search();
        assertThat(several.method()).isEqualTo(SearchMethod.BEST_OF_N);
        assertThat(several.config().n()).isEqualTo(16);
        assertThat(several.choices()).isEqualTo(8);
        assertThat(hello("'model': 'default', 'n': 40").search().config().n()).isEqualTo(40);
        assertThat(hello("'model': 'default', 'n': 1").search().method()).isEqualTo(SearchMethod.DVTS);
        assertThat(hello("'model': 'default', 'espalier': {'choices': 8}")
                        .search()
                        .method())
                .isEqualTo(SearchMethod.DVTS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 10, 15})
    void everyMethodFitsTheServersLimits(int maxN) {
        RequestReader small = new RequestReader(
                new ServerSettings(
                        null,
                        1,
                        1,
                        maxN,
                        SETTINGS.budget(),
                        SearchMethod.AUTO,
                        SearchConfig.builder().n(maxN).build(),
                        null,
                        null,
                        Set.of()),
                () -> List.of("arith"));
        for (String effort : List.of("none", "minimal", "low", "medium", "high", "xhigh")) {
            assertThat(small.chat(Json.object(
                                    json("{" + HELLO + ", 'model': 'default', 'reasoning_effort': '" + effort + "'}")))
                            .search()
                            .config()
                            .n())
                    .isBetween(1, maxN);
        }
        for (SearchMethod method : SearchMethod.values()) {
            String model = "default@" + method.cliName();
            small.chat(Json.object(json("{" + HELLO + ", 'model': '" + model + "'}")));
        }
    }

    @Test
    void leadingSystemMessagesAreTheInstructionAndTheUsersLastMessageIsTheProblem() {
        SolveRequest request = chat("""
                'model': 'default', 'messages': [{'role': 'system', 'content': 'Be brief.'},
                {'role': 'developer', 'content': 'Count.'}, {'role': 'user', 'content': 'one'},
                {'role': 'assistant', 'content': 'two', 'refusal': null}, {'role': 'system', 'content': 'Go on.'},
                {'role': 'user', 'content': [{'type': 'text', 'text': 'th'}, {'type': 'text', 'text': 'ree'}]}]""");
        assertThat(request.search().problem().text()).isEqualTo("three");
        assertThat(request.search().prompt().instruction()).isEqualTo("Be brief.\n\nCount.");
        assertThat(request.search().problem().history())
                .containsExactly(ChatMessage.user("one"), ChatMessage.assistant("two"), ChatMessage.system("Go on."));
        assertThat(request.search().problem().later()).isEmpty();
    }

    @Test
    void callsOfToolsAndTheirResultsFollowTheProblem() {
        SolveRequest request = chat("""
                'model': 'default', 'messages': [{'role': 'user', 'content': 'Rain?'},
                {'role': 'assistant', 'content': null, 'tool_calls': [{'id': 'c1', 'type': 'function',
                'function': {'name': 'weather', 'arguments': '{\\'town\\': \\'Bern\\', \\'days\\': [1]}'}}]},
                {'role': 'tool', 'tool_call_id': 'c1', 'content': 'clear'}]""");
        assertThat(request.search().problem().text()).isEqualTo("Rain?");
        ToolCall call = new ToolCall("c1", "weather", Map.of("town", "Bern", "days", List.of(1)));
        assertThat(request.search().problem().later())
                .containsExactly(
                        new ChatMessage("assistant", "", null, List.of(call), null, null),
                        ChatMessage.tool("c1", "clear"));
    }

    @Test
    void anAssistantsLastMessageBeginsTheReply() {
        SolveRequest request = chat("""
                'model': 'default', 'messages': [{'role': 'user', 'content': 'How much?'},
                {'role': 'assistant', 'content': 'It is'}]""");
        assertThat(request.search().problem().later()).containsExactly(ChatMessage.assistant("It is"));
    }

    @Test
    void aPromptIsAProblem() {
        SolveRequest request = reader.text(Json.object(json("{'model': 'default', 'prompt': [' How much? ']}")));
        assertThat(request.search().problem().text()).isEqualTo("How much?");
    }

    @Test
    void aTextHasNoPlaceForCalls() {
        String asked = "{'model': 'default', 'prompt': 'How much?', 'tools': [%s]}";
        String tool = "{'type': 'function', 'function': {'name': 'f'}}";
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> reader.text(Json.object(json(asked.formatted(tool)))))
                .withMessageContaining("'tools'")
                .withMessageContaining("chats");
        reader.text(Json.object(json(asked.formatted(""))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'n': 0 | n",
                "'n': 65 | n",
                "'n': 17, 'espalier': {'method': 'beam', 'n': 16} | n",
                "'n': 2, 'espalier': {'method': 'greedy'} | n",
                "'n': 2, 'espalier': {'method': 'auto'} | n",
                "'n': 2, 'espalier': {'method': 'dvts'} | n",
                "'n': 2, 'espalier': {'method': 'refine'} | n",
                "'n': 2, 'espalier': {'method': 'speculative-rejection'} | n",
                "'n': 2, 'espalier': {'method': 'majority', 'stopAt': 0.9} | n",
                "'n': 2, 'espalier': {'choices': 2} | espalier.choices",
                "'espalier': {'choices': 0} | espalier.choices",
                "'espalier': {'choices': 65} | espalier.choices",
                "'espalier': {'stopAt': 0} | espalier.stopAt",
                "'espalier': {'stopAt': 1e-400} | espalier.stopAt",
                "'espalier': {'stopAt': 1.0000001} | espalier.stopAt",
                "'espalier': {'stopAt': -0.0} | espalier.stopAt",
                "'espalier': {'scoreTemperature': 0} | espalier.scoreTemperature",
                "'espalier': {'rejection': 0} | espalier.rejection",
                "'espalier': {'rejection': 1} | espalier.rejection",
                "'espalier': {'revisions': 0} | espalier.revisions",
                "'espalier': {'exploration': -1} | espalier.exploration",
                "'espalier': {'stopAtScore': 2} | espalier.stopAtScore",
                "'espalier': {'maxIterations': 0} | espalier.maxIterations",
                "'espalier': {'stepTokens': 0} | espalier.stepTokens",
                "'espalier': {'minP': 1.5} | espalier.minP",
                "'espalier': {'topK': -1} | espalier.topK",
                "'espalier': {'deadline': 1e-10} | espalier.deadline",
                "'espalier': {'deadline': '0ms'} | espalier.deadline",
                "'n': 1.5 | n",
                "'n': '2' | n",
                "'n': 99999999999999999999 | n",
                "'seed': 0.5 | seed",
                "'seed': 9223372036854775808 | seed",
                "'stop': 3 | stop",
                "'max_tokens': 0 | max_tokens",
                "'temperature': 2.1 | temperature",
                "'temperature': 'hot' | temperature",
                "'temperature': -1e-9 | temperature",
                "'temperature': 1e999 | temperature",
                "'top_p': 0 | top_p",
                "'top_p': 1.1 | top_p",
                "'stream': 'yes' | stream",
                "'stream': 1 | stream",
                "'stream': true, 'stream_options': [] | stream_options",
                "'response_format': {'type': 'xml'} | response_format",
                "'response_format': {'type': 'json_schema'} | response_format",
                "'response_format': {'type': 'json_schema', 'json_schema': {'schema': {'type': 'x'}}} | response_format",
                "'response_format': {'type': 'json_object'}, 'grammar': 'root ::= [a]' | grammar",
                "'response_format': {'type': 'json_object'}, 'tools': [{'type': 'function', 'function': {'name': 'f'}}] | response_format",
                "'grammar': 4 | grammar",
                "'guided_choice': [] | guided_choice",
                "'tools': [{'type': 'function', 'function': {'name': 'a b'}}] | tools",
                "'tools': [{'type': 'function', 'function': {'name': 'f', 'parameters': {'$ref': '#/x'}}}] | tools",
                "'tool_choice': 'required' | tool_choice",
                "'tool_choice': 'sometimes' | tool_choice",
                "'response_format': 'text' | response_format",
                "'tools': [{}] | tools",
                "'tools': 'x' | tools",
                "'functions': [{}] | functions",
                "'logprobs': 0 | logprobs",
                "'top_logprobs': 2 | top_logprobs",
                "'logprobs': true, 'top_logprobs': 21 | top_logprobs",
                "'logit_bias': {'x': 1} | logit_bias",
                "'logit_bias': {'5': 101} | logit_bias",
                "'logit_bias': {'5': 'much'} | logit_bias",
                "'logit_bias': [1] | logit_bias",
                "'presence_penalty': 2.1 | presence_penalty",
                "'frequency_penalty': '1' | frequency_penalty",
                "'repeat_last_n': -2 | repeat_last_n",
                "'repetition_penalty': 0 | repetition_penalty",
                "'modalities': ['text', 'audio'] | modalities",
                "'suffix': 'x' | suffix",
                "'best_of': 0 | best_of",
                "'n': 2, 'best_of': 1 | best_of",
                "'top_k': -2 | top_k",
                "'top_k': 1.5 | top_k",
                "'min_p': 2 | min_p",
                "'repeat_penalty': 0 | repeat_penalty",
                "'dry_multiplier': 0.8 | dry_multiplier",
                "'mirostat': 2 | mirostat",
                "'reasoning_effort': 'much' | reasoning_effort",
                "'reasoning': {'effort': 3} | reasoning.effort",
                "'chat_template_kwargs': [] | chat_template_kwargs",
                "'enable_thinking': 1 | enable_thinking",
                "'chat_template': '{{ x }}' | chat_template",
                "'guided_json': {'type': 'thing'} | guided_json",
                "'n_predict': -2 | n_predict",
                "'n_predict': 0 | n_predict",
                "'best_of': 2, 'espalier': {'method': 'greedy'} | best_of",
                "'max_completion_tokens': -2 | max_completion_tokens",
                "'audio': {} | audio",
                "'echo': true | echo",
                "'espalier': 4 | espalier",
                "'espalier': [] | espalier",
                "'espalier': {'method': 'minimax'} | espalier.method",
                "'espalier': {'method': 'auto', 'n': 7} | espalier.n",
                "'espalier': {'method': 4} | espalier.method",
                "'espalier': {'n': 65} | espalier.n",
                "'espalier': {'n': 7} | espalier.n",
                "'espalier': {'method': 'beam', 'n': 2, 'beamWidth': 4} | espalier.n",
                "'espalier': {'method': 'greedy', 'n': 2} | espalier.n",
                "'espalier': {'beamWidth': 0} | espalier.beamWidth",
                "'espalier': {'shortest': 0} | espalier.shortest",
                "'espalier': {'beam_width': 4} | espalier.beam_width",
                "'espalier': {'aggregation': 'MIN'} | espalier.aggregation",
                "'espalier': {'selection': true} | espalier.selection",
                "'espalier': {'lookahead': -1} | espalier.lookahead",
                "'espalier': {'budgetTokens': 0} | espalier.budgetTokens",
                "'espalier': {'deadline': '5 minutes'} | espalier.deadline",
                "'espalier': {'deadline': 0} | espalier.deadline",
                "'espalier': {'deadline': -3} | espalier.deadline",
                "'espalier': {'deadline': '99999999h'} | espalier.deadline",
                "'espalier': {'events': 1} | espalier.events",
                "'espalier': {'topK': 1e3} | espalier.topK",
            })
    void aWrongFieldIsNamed(String fields, String name) {
        for (RequestReader one : List.of(reader, strict)) {
            assertRefused(one, fields, name);
        }
    }

    /** What a tolerant server passes over. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'stop': '' | stop",
                "'stop': ['a', ''] | stop",
                "'stop': ['a', 'b', 'c', 'd', 'e'] | stop",
                "'stream_options': {'include_usage': true} | stream_options",
                "'stream': true, 'stream_options': {'other': 1} | other",
                "'unheard_of': 4 | unheard_of",
            })
    void aStrictServerRefusesMore(String fields, String name) {
        assertRefused(strict, fields, name);
        hello("'model': 'default', " + fields);
    }

    private static void assertRefused(RequestReader by, String fields, String name) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> by.chat(Json.object(json("{" + HELLO + ", 'model': 'default', " + fields + "}"))))
                .withMessageContaining("'" + name.replaceAll("^other$", "stream_options.other") + "'")
                .satisfies(e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.body().path("error").path("param").asString(""))
                            .endsWith(name);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'messages': null",
                "'messages': []",
                "'messages': 'hi'",
                "'messages': {}",
                "'messages': ['hi']",
                "'messages': [null]",
                "'messages': [{}]",
                "'messages': [{'role': 'user'}]",
                "'messages': [{'role': 'user', 'content': null}]",
                "'messages': [{'role': 'user', 'content': 5}]",
                "'messages': [{'role': 'user', 'content': '  '}]",
                "'messages': [{'role': 'user', 'content': []}]",
                "'messages': [{'role': 'user', 'content': [{'type': 'image_url', 'image_url': {'url': 'x'}}]}]",
                "'messages': [{'role': 'user', 'content': ['x']}]",
                "'messages': [{'role': 'tool', 'content': 'x'}]",
                "'messages': [{'role': 7, 'content': 'x'}]",
                "'messages': [{'role': 'system', 'content': 'x'}]",
                "'messages': [{'role': 'user', 'content': 'x'}, {'role': 'model', 'content': 'y'}]",
                "'messages': [{'role': 'user', 'content': 'x'}, {'role': 'assistant', 'tool_calls': [{}]}]",
                "'messages': [{'role': 'user', 'content': 'x'}, {'role': 'assistant', 'tool_calls': "
                        + "[{'function': {'name': 'f', 'arguments': '{}'}}]}]",
            })
    void messagesThatStateNoProblemAreRefused(String messages) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> chat("'model': 'default'" + (messages.isEmpty() ? "" : ", " + messages)))
                .withMessageContaining("messages")
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "nope",
                "[]",
                "null",
                "'default'",
                "{} {}",
                "{'model': 'default', 'model': 'default'}",
                "{'n': NaN}",
                "{'n': 01}",
                "{'a': 1,}",
                "{'a' 1}",
                "\u0000",
            })
    void whatIsNoObjectIsRefused(String body) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> Json.object(json(body)))
                .withMessageStartingWith("the body ")
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    @Test
    void depthAndLengthOfNumbersAreLimited() {
        String deep = "{'a': " + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        String number = "{'a': " + "1".repeat(100_000) + "}";
        byte[] broken = {'{', '"', (byte) 0xc3, (byte) 0x28, '"', ':', '1', '}'};
        for (byte[] body : List.of(json(deep), json(number), broken)) {
            assertThatExceptionOfType(ApiException.class)
                    .isThrownBy(() -> Json.object(body))
                    .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
        }
    }

    @Test
    void whatChangesNothingIsIgnoredAndListed() {
        SolveRequest request = hello("""
                'model': 'default', 'user': 'me', 'metadata': {'a': 1}, 'store': true, 'cache_prompt': true,
                'presence_penalty': 0, 'repeat_penalty': 1.0, 'logit_bias': {}, 'id_slot': null, 'verbosity': 'low',
                'stream_options': {'include_usage': true}, 'prediction': {'type': 'content'}""");
        assertThat(request.ignored())
                .containsExactlyInAnyOrder(
                        "metadata", "store", "cache_prompt", "verbosity", "stream_options", "prediction");
        assertThat(request.streaming()).isEqualTo(Streaming.NONE);
    }

    @Test
    void whatOtherServersCallItIsHonoured() {
        SolveRequest request = hello("'model': 'default', 'top_k': 40, 'min_p': 0.05, 'n_predict': 7,"
                + " 'stop': ['a', '', null, 'b', 'c', 'd', 'e']");
        assertThat(request.search().config().sampling()).isEqualTo(new SamplingParams(0.8, 40, 1, 0.05));
        assertThat(request.search().config().maxTokens()).isEqualTo(7);
        assertThat(request.search().problem().stops()).containsExactly("a", "b", "c", "d", "e");
        assertThat(request.ignored()).isEmpty();
        for (String most : List.of("'n_predict': -1", "'max_tokens': -1", "'max_completion_tokens': -1")) {
            assertThat(hello("'model': 'default', 'top_k': -1, " + most)
                            .search()
                            .config())
                    .as("all")
                    .isEqualTo(SETTINGS.config());
        }
    }

    @Test
    void whatIsChangedInTheLogitsArrives() {
        assertThat(logits("'presence_penalty': 0.5, 'frequency_penalty': -2, 'logit_bias': {'5': 1, '70': -100}"))
                .isEqualTo(new LogitChanges(0.5, -2.0, null, null, Map.of(5, 1.0, 70, -100.0)));
        assertThat(logits("'repeat_penalty': 1.1, 'repeat_last_n': -1"))
                .isEqualTo(new LogitChanges(null, null, 1.1, -1, null));
        assertThat(logits("'repetition_penalty': 1.2")).isEqualTo(new LogitChanges(null, null, 1.2, -1, null));
        assertThat(logits("'espalier': {'repeatPenalty': 1.3}"))
                .isEqualTo(new LogitChanges(null, null, 1.3, LogitChanges.USUAL_LAST_N, null));
        assertThat(logits("'presence_penalty': 0, 'repeat_penalty': 1, 'repeat_last_n': 9, 'logit_bias': {}"))
                .isEqualTo(LogitChanges.NONE);
    }

    private LogitChanges logits(String fields) {
        return hello("'model': 'default', " + fields)
                .search()
                .config()
                .sampling()
                .logits();
    }

    @Test
    void howMuchIsToldOfTokensArrives() {
        assertThat(hello("'model': 'default'").logprobs()).isNegative();
        assertThat(hello("'model': 'default', 'logprobs': false, 'top_logprobs': 0")
                        .logprobs())
                .isNegative();
        assertThat(hello("'model': 'default', 'logprobs': true").logprobs()).isZero();
        assertThat(hello("'model': 'default', 'logprobs': true, 'top_logprobs': 20")
                        .logprobs())
                .isEqualTo(20);
        assertThat(reader.text(Json.object(json("{'model': 'default', 'prompt': 'x', 'logprobs': 3}")))
                        .logprobs())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "none, GREEDY, 1",
        "minimal, GREEDY, 1",
        "low, AUTO, 8",
        "medium, AUTO, 16",
        "high, AUTO, 64",
        "xhigh, AUTO, 64"
    })
    void anEffortIsASearchWhereNothingElseNamesOne(String effort, SearchMethod method, int n) {
        for (String field : List.of("'reasoning_effort': '%s'", "'reasoning': {'effort': '%s'}")) {
            Search search =
                    hello("'model': 'default', " + field.formatted(effort)).search();
            assertThat(search.method()).isEqualTo(method);
            assertThat(search.config().n()).isEqualTo(n);
        }
        assertThat(hello("'model': 'default@beam-4', 'reasoning_effort': '" + effort + "'")
                        .search()
                        .config()
                        .n())
                .isEqualTo(4);
        assertThat(hello("'model': 'default', 'n': 3, 'reasoning_effort': '" + effort + "'")
                        .search()
                        .choices())
                .isEqualTo(3);
    }

    @Test
    void whatAFrontEndAsksBesideAConversationStartsNoSearch() {
        String title = "'messages': [{'role': 'user', 'content': '### Task: Generate a title for the chat history.'}]";
        Search search = chat("'model': 'default', " + title).search();
        assertThat(search.method()).isEqualTo(SearchMethod.GREEDY);
        assertThat(search.prompt().instruction()).as("not the one for problems").isEmpty();
        assertThat(chat("'model': 'default@beam-4', " + title).search().method())
                .isEqualTo(SearchMethod.BEAM);
        assertThat(chat("'model': 'default', 'espalier': {'method': 'auto'}, " + title)
                        .search()
                        .method())
                .isEqualTo(SearchMethod.AUTO);
    }

    @Test
    void theTemplatesVariablesArrive() {
        Map<String, ?> variables = hello(
                        "'model': 'default', 'chat_template_kwargs': {'enable_thinking': true, 'x': [1]},"
                                + " 'reasoning_effort': 'none'")
                .search()
                .prompt()
                .variables();
        assertThat(variables).isEqualTo(Map.of("enable_thinking", true, "x", List.of(1)));
        for (String off :
                List.of("'reasoning_effort': 'none'", "'thinking': {'type': 'disabled'}", "'enable_thinking': false")) {
            assertThat(hello("'model': 'default', " + off).search().prompt().forbidsThinking())
                    .as(off)
                    .isTrue();
        }
    }

    @Test
    void anOlderBestOfIsASearch() {
        Search search = hello("'model': 'default', 'n': 2, 'best_of': 4").search();
        assertThat(search.method()).isEqualTo(SearchMethod.BEST_OF_N);
        assertThat(search.config().n()).isEqualTo(4);
        assertThat(search.choices()).isEqualTo(2);
    }

    @Test
    void contentsMayBeMissingWhereNothingIsAsked() {
        SolveRequest request = chat("""
                'model': 'default', 'messages': [{'role': 'system', 'content': null}, {'role': 'user', 'content': 'x'},
                {'role': 'function', 'name': 'f', 'content': ''}, {'role': 'assistant', 'content': ''}]""");
        assertThat(request.search().problem().later())
                .containsExactly(new ChatMessage("tool", "", null, List.of(), null, "f"));
    }

    @Test
    void whatASearchToldOfItselfIsNoThought() {
        String told = new SearchProgress(hello("'model': 'default'").search()).beginning();
        SolveRequest request = chat("'model': 'default', 'messages': [{'role': 'user', 'content': 'x'},"
                + " {'role': 'assistant', 'content': 'y', 'reasoning_content': '" + told.strip() + "'},"
                + " {'role': 'assistant', 'content': 'z', 'reasoning': 'Hm.'}, {'role': 'user', 'content': 'x'}]");
        assertThat(request.search().problem().history())
                .extracting(ChatMessage::reasoning)
                .containsExactly(null, null, "Hm.");
    }

    @Test
    void aModelMustBeNamed() {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> chat(HELLO))
                .withMessageContaining("'model' is missing");
    }
}
