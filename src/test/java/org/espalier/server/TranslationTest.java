package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What other protocols ask, in a chat's words. JSON is written with single quotes here. */
class TranslationTest {
    private final RequestReader reader = new RequestReader(RequestReaderTest.SETTINGS, () -> List.of("arith"));

    private static ObjectNode json(String text) {
        return Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Translation responses(String body, JsonNode... earlier) {
        return ResponsesRequests.translate(json(body), List.of(earlier));
    }

    private static void assertChat(Translation words, String chat) {
        assertThat(words.chat()).isEqualTo(json(chat));
    }

    @Test
    void aResponsesTextIsTheUsersTurn() {
        assertChat(responses("""
                {'model': 'm', 'input': 'How much?', 'instructions': 'Be brief.', 'max_output_tokens': 9, 'stream': true,
                'temperature': 0.5, 'store': false, 'background': false, 'reasoning': {'effort': 'low', 'summary': 'auto'},
                'text': {'format': {'type': 'json_schema', 'name': 'n', 'strict': true, 'schema': {'type': 'object'}}},
                'tools': [{'type': 'function', 'name': 'f', 'parameters': {}, 'strict': true}],
                'tool_choice': {'type': 'function', 'name': 'f'}}"""), """
                {'model': 'm', 'stream': true, 'temperature': 0.5,
                'messages': [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'How much?'}],
                'max_completion_tokens': 9, 'reasoning_effort': 'low', 'espalier': {'progress': true},
                'response_format': {'type': 'json_schema',
                    'json_schema': {'name': 'n', 'strict': true, 'schema': {'type': 'object'}}},
                'tools': [{'type': 'function', 'function': {'name': 'f', 'parameters': {}, 'strict': true}}],
                'tool_choice': {'type': 'function', 'function': {'name': 'f'}}}""");
    }

    @Test
    void aResponsesItemsAreTurnsAfterThoseBefore() {
        assertChat(responses("""
                {'model': 'm', 'previous_response_id': 'resp_1', 'espalier': {'method': 'beam'}, 'input': [
                {'role': 'user', 'content': [{'type': 'input_text', 'text': 'Rain?'}]},
                {'type': 'reasoning', 'id': 'r', 'summary': []},
                {'type': 'message', 'role': 'assistant', 'content': [{'type': 'output_text', 'text': 'I look.'}]},
                {'type': 'function_call', 'call_id': 'c1', 'name': 'f', 'arguments': '{}'},
                {'type': 'function_call', 'call_id': 'c2', 'name': 'g', 'arguments': '{}'},
                {'type': 'function_call_output', 'call_id': 'c1', 'output': 'wet'},
                {'type': 'function_call_output', 'call_id': 'c2', 'output': 'cold'}]}""", json("{'role': 'user', 'content': 'Hi.'}")), """
                {'model': 'm', 'espalier': {'method': 'beam', 'progress': false}, 'messages': [
                {'role': 'user', 'content': 'Hi.'}, {'role': 'user', 'content': 'Rain?'},
                {'role': 'assistant', 'content': 'I look.', 'tool_calls': [
                    {'id': 'c1', 'type': 'function', 'function': {'name': 'f', 'arguments': '{}'}},
                    {'id': 'c2', 'type': 'function', 'function': {'name': 'g', 'arguments': '{}'}}]},
                {'role': 'tool', 'tool_call_id': 'c1', 'content': 'wet'},
                {'role': 'tool', 'tool_call_id': 'c2', 'content': 'cold'}]}""");
    }

    @Test
    void anthropicsBlocksAreTurns() {
        assertChat(MessagesRequests.translate(json("""
                {'model': 'm', 'max_tokens': 9, 'system': [{'type': 'text', 'text': 'Be brief.', 'cache_control': {}}],
                'stop_sequences': ['x'], 'metadata': {'user_id': 'ann'}, 'thinking': {'type': 'enabled', 'budget_tokens': 1024},
                'tools': [{'name': 'f', 'description': 'd', 'input_schema': {'type': 'object'}}],
                'tool_choice': {'type': 'any', 'disable_parallel_tool_use': true},
                'messages': [{'role': 'user', 'content': 'Rain?'},
                {'role': 'assistant', 'content': [{'type': 'thinking', 'thinking': 'Hm', 'signature': ''},
                    {'type': 'text', 'text': 'I look.'}, {'type': 'tool_use', 'id': 'c1', 'name': 'f', 'input': {'a': 1}}]},
                {'role': 'user', 'content': [{'type': 'tool_result', 'tool_use_id': 'c1',
                    'content': [{'type': 'text', 'text': 'wet'}]}, {'type': 'text', 'text': 'And?'}]}]}""")), """
                {'model': 'm', 'max_tokens': 9, 'stop': ['x'], 'user': 'ann', 'espalier': {'progress': true},
                'tools': [{'type': 'function', 'function':
                    {'name': 'f', 'description': 'd', 'parameters': {'type': 'object'}}}],
                'tool_choice': 'required', 'parallel_tool_calls': false,
                'messages': [{'role': 'system', 'content': 'Be brief.'}, {'role': 'user', 'content': 'Rain?'},
                {'role': 'assistant', 'content': 'I look.', 'tool_calls':
                    [{'id': 'c1', 'type': 'function', 'function': {'name': 'f', 'arguments': '{\\'a\\':1}'}}]},
                {'role': 'tool', 'tool_call_id': 'c1', 'content': 'wet'}, {'role': 'user', 'content': 'And?'}]}""");
    }

    @Test
    void ollamasOptionsAreFields() {
        assertChat(OllamaRequests.chat(json("""
                {'model': 'm', 'keep_alive': '5m', 'think': false, 'format': {'type': 'object'},
                'options': {'temperature': 0.1, 'num_predict': 5, 'stop': ['x'], 'num_ctx': 4096, 'model': 'other'},
                'messages': [{'role': 'user', 'content': 'x', 'images': []},
                {'role': 'tool', 'tool_name': 'f', 'content': 'y'}]}""")), """
                {'model': 'm', 'keep_alive': '5m', 'temperature': 0.1, 'n_predict': 5, 'stop': ['x'], 'num_ctx': 4096,
                'messages': [{'role': 'user', 'content': 'x'}, {'role': 'tool', 'content': 'y', 'name': 'f'}],
                'stream': true, 'enable_thinking': false, 'espalier': {'progress': false}, 'response_format':
                {'type': 'json_schema', 'json_schema': {'name': 'format', 'strict': true, 'schema': {'type': 'object'}}}}""");
        assertChat(
                OllamaRequests.generate(
                        json("{'model': 'm', 'prompt': 'x', 'system': 's', 'stream': false, 'think': 'high'}")),
                """
                {'model': 'm', 'messages': [{'role': 'system', 'content': 's'}, {'role': 'user', 'content': 'x'}],
                'stream': false, 'reasoning_effort': 'high', 'espalier': {'progress': true}}""");
    }

    @Test
    void ollamaFillsTheContextByAsMuchAsThereMayBe() {
        Translation words = OllamaRequests.generate(
                json("{'model': 'm', 'prompt': 'x', 'options': {'num_predict': -2, 'num_keep': -2}}"));
        assertThat(words.chat().path("n_predict").asInt()).isEqualTo(-1);
        assertThat(words.chat().path("num_keep").asInt()).isEqualTo(-2);
    }

    @Test
    void ignoredFieldsHaveTheNamesThatTheClientKnows() {
        Translation words = OllamaRequests.chat(json("""
                {'model': 'default', 'keep_alive': '5m', 'options': {'num_ctx': 4096, 'repeat_penalty': 1.0},
                'messages': [{'role': 'user', 'content': 'x'}]}"""));
        assertThat(words.named(words.read(() -> reader.chat(words.chat()))).ignored())
                .containsExactlyInAnyOrder("keep_alive", "options.num_ctx");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model': 'default'} | input",
                "{'model': 'default', 'input': 5} | input",
                "{'model': 'default', 'input': []} | input",
                "{'model': 'default', 'input': ['x']} | input[0]",
                "{'model': 'default', 'input': [{'role': 'x', 'content': 'y'}]} | input[0].role",
                "{'model': 'default', 'input': [{'type': 'item_reference', 'id': 'x'}]} | input[0].type",
                "{'model': 'default', 'input': [{'role': 'user', 'content': [{'type': 'input_image'}]}]} | input[0].content",
                "{'model': 'default', 'input': 'x', 'background': true} | background",
                "{'model': 'default', 'input': 'x', 'conversation': 'c'} | conversation",
                "{'model': 'default', 'input': 'x', 'max_output_tokens': 0} | max_output_tokens",
                "{'model': 'default', 'input': 'x', 'reasoning': {'effort': 'huge'}} | reasoning.effort",
                "{'model': 'default', 'input': 'x', 'instructions': 5} | instructions",
                "{'model': 'default', 'input': 'x', 'tools': [{'type': 'web_search'}]} | tools[0].type",
                "{'model': 'default', 'input': 'x', 'tools': {'type': {}}} | tools",
                "{'model': 'default', 'input': 'x', 'espalier': 5} | espalier",
                "{'model': 'default', 'input': 'x', 'espalier': {'n': 0}} | espalier.n",
            })
    void whatIsWrongWithAResponsesRequestIsSaidInItsWords(String body, String name) {
        assertNamed(body, name, json -> ResponsesRequests.translate(json, List.of()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model': 'default'} | messages",
                "{'model': 'default', 'messages': []} | messages",
                "{'model': 'default', 'messages': [5]} | messages[0].role",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 5}]} | messages[0].content",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': [{'type': 'image'}]}]} | messages[0].content[0]",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'stop_sequences': 5} | stop_sequences",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'max_tokens': 0} | max_tokens",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'tools': [{'type': 'bash_20250124'}]} | tools[0].type",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'tools': {'a': 1}} | tools",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'system': 5} | system",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'output_config': {'effort': 'x'}} | output_config.effort",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'logprobs': true} | logprobs",
            })
    void whatIsWrongWithAnthropicsIsSaidInItsWords(String body, String name) {
        assertNamed(body, name, MessagesRequests::translate);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model': 'default'} | messages",
                "{'model': 'default', 'messages': ['x']} | messages[0]",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x', 'images': ['abc']}]} | messages[0].images",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'options': 5} | options",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'options': {'num_predict': -5}} | options.num_predict",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'options': {'repeat_penalty': 0}} | options.repeat_penalty",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'x'}], 'think': 'huge'} | think",
            })
    void whatIsWrongWithOllamasIsSaidInItsWords(String body, String name) {
        assertNamed(body, name, OllamaRequests::chat);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'model': 'default', 'prompt': 'x', 'raw': true} | raw",
                "{'model': 'default', 'prompt': 'x', 'template': '{{ .Prompt }}'} | template",
                "{'model': 'default', 'prompt': 'x', 'context': [1, 2]} | context",
                "{'model': 'default', 'prompt': 'x', 'suffix': 'y'} | suffix",
                "{'model': 'default', 'prompt': 'x', 'images': ['abc']} | images",
            })
    void whatWouldMakeOllamasPromptOtherwiseIsRefused(String body, String name) {
        assertNamed(body, name, OllamaRequests::generate);
    }

    @Test
    void ollamasEmptyPromptFieldsAskForNothing() {
        Translation words = OllamaRequests.generate(
                json("{'model': 'default', 'prompt': 'x', 'template': '', 'context': [], 'suffix': '', 'images': []}"));
        assertThat(words.read(() -> reader.chat(words.chat())).ignored()).isEmpty();
    }

    private void assertNamed(String body, String name, Function<ObjectNode, Translation> translator) {
        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> {
                    Translation words = translator.apply(json(body));
                    words.read(() -> reader.chat(words.chat()));
                })
                .withMessageContaining("'" + name + "'")
                .satisfies(e -> {
                    assertThat(e.status()).isEqualTo(400);
                    assertThat(e.body().at("/error/param").asString()).isEqualTo(name);
                });
    }
}
