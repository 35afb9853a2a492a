package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Other protocols than OpenAI's first, over HTTP, with a policy that needs no model. */
@Timeout(60)
class ProtocolsTest {
    private final ScriptedBackend backend = new ScriptedBackend();
    private final EspalierServer server = EspalierServer.bind("127.0.0.1", 0);

    @BeforeEach
    void start() {
        server.start(backend, RequestReaderTest.SETTINGS);
    }

    @AfterEach
    void stop() {
        server.close();
        backend.close();
    }

    private HttpResponse<String> send(String method, String path, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.url() + path))
                                .header("Content-Type", "application/json")
                                .method(method, BodyPublishers.ofString(body.replace('\'', '"')))
                                .build(),
                        BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return send("POST", path, body);
    }

    private JsonNode answer(String path, String body) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return Json.MAPPER.readTree(response.body());
    }

    /** A stream's events; each must be named as its data says. */
    private List<JsonNode> events(String path, String body) throws Exception {
        String stream = post(path, body).body();
        assertThat(stream).doesNotContain("[DONE]");
        return stream.lines()
                .filter(line -> !line.isEmpty() && !line.startsWith(":"))
                .collect(Collectors.collectingAndThen(Collectors.toList(), lines -> {
                    List<JsonNode> events = new ArrayList<>();
                    for (int i = 0; i < lines.size(); i += 2) {
                        JsonNode data = Json.MAPPER.readTree(lines.get(i + 1).substring("data: ".length()));
                        assertThat(lines.get(i))
                                .isEqualTo("event: " + data.path("type").asString());
                        events.add(data);
                    }
                    return events;
                }));
    }

    private static List<String> types(List<JsonNode> events) {
        return events.stream()
                .map(event -> event.path("type").asString())
                .filter(type -> !type.equals("ping"))
                .collect(Collectors.collectingAndThen(Collectors.toList(), types -> {
                    // One for each run of the same.
                    List<String> runs = new ArrayList<>();
                    types.stream()
                            .filter(type ->
                                    runs.isEmpty() || !runs.get(runs.size() - 1).equals(type))
                            .forEach(runs::add);
                    return runs;
                }));
    }

    @Test
    void aResponseIsWholeAndTheNextGoesOnFromIt() throws Exception {
        JsonNode first = answer("/v1/responses", "{'model': 'default', 'instructions': 'Sum.', 'input': 'how much'}");
        assertThat(first.path("id").asString()).startsWith("resp_");
        assertThat(first.path("status").asString()).isEqualTo("completed");
        assertThat(first.at("/output/0/content/0/text").asString()).isNotEmpty();
        assertThat(first.at("/output/0/content/0/type").asString()).isEqualTo("output_text");
        assertThat(first.at("/usage/input_tokens_details/cached_tokens").isNumber())
                .isTrue();
        assertThat(first.at("/usage/total_tokens").asLong())
                .isEqualTo(first.at("/usage/input_tokens").asLong()
                        + first.at("/usage/output_tokens").asLong());
        assertThat(first.at("/espalier/method").asString()).isEqualTo("dvts");
        assertThat(got("GET", "/v1/responses/" + first.path("id").asString())).isEqualTo(first);
        JsonNode second = answer(
                "/responses",
                "{'model': 'default', 'input': 'and more', 'previous_response_id': '%s', 'espalier': {'method': 'greedy'}}"
                        .formatted(first.path("id").asString()));
        assertThat(second.at("/previous_response_id").asString())
                .isEqualTo(first.path("id").asString());
        assertThat(backend.histories().get(1))
                .as("the instructions are not carried over")
                .containsExactly(
                        "how much", first.at("/output/0/content/0/text").asString());
        JsonNode asked = got("GET", "/v1/responses/" + second.path("id").asString() + "/input_items?order=asc");
        assertThat(asked.path("data").valueStream())
                .extracting(item -> item.at("/content/0/text").asString())
                .as("without the instructions")
                .containsExactly(
                        "how much", first.at("/output/0/content/0/text").asString(), "and more");
        assertThat(asked.path("data").valueStream())
                .extracting(item -> item.path("role").asString())
                .containsExactly("user", "assistant", "user");
        assertThat(asked.at("/data/1/id")).isEqualTo(first.at("/output/0/id"));
        assertThat(got("GET", "/responses/" + first.path("id").asString() + "/input_items/")
                        .path("data"))
                .hasSize(1);
        assertThat(send("DELETE", "/v1/responses/" + first.path("id").asString(), "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send("GET", "/v1/responses/" + first.path("id").asString() + "/input_items", "")
                        .statusCode())
                .isEqualTo(404);
        HttpResponse<String> gone = post(
                "/v1/responses",
                "{'model': 'default', 'input': 'x', 'previous_response_id': '%s'}"
                        .formatted(first.path("id").asString()));
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(gone.body()).contains("previous_response_id");
    }

    private JsonNode got(String method, String path) throws Exception {
        return Json.MAPPER.readTree(send(method, path, "").body());
    }

    @Test
    void aResponseIsStreamedAsOpenAisIs() throws Exception {
        List<JsonNode> events = events(
                "/v1/responses",
                "{'model': 'default', 'input': 'how much', 'stream': true, 'reasoning': {'summary': 'auto'}, 'seed': 5}");
        assertThat(types(events))
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.reasoning_summary_part.added",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.done",
                        "response.reasoning_summary_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.completed");
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).path("sequence_number").asInt()).isEqualTo(i);
        }
        String text = events.stream()
                .filter(event -> event.path("type").asString().equals("response.output_text.delta"))
                .map(event -> event.path("delta").asString())
                .collect(Collectors.joining());
        JsonNode response = events.get(events.size() - 1).path("response");
        assertThat(response.at("/output/1/content/0/text").asString())
                .isEqualTo(text)
                .isNotEmpty();
        assertThat(response.at("/output/0/summary/0/text").asString()).startsWith("Searching with dvts");
        assertThat(answer("/v1/responses", "{'model': 'default', 'input': 'how much', 'seed': 5}")
                        .at("/output/0/content/0/text")
                        .asString())
                .isEqualTo(text);
    }

    @Test
    void anthropicsMessagesAreAnswered() throws Exception {
        String asked = "{'model': 'default', 'max_tokens': 500, 'messages': [{'role': 'user', 'content': 'how much'}]";
        JsonNode whole = answer("/v1/messages", asked + "}");
        assertThat(whole.path("type").asString()).isEqualTo("message");
        assertThat(whole.at("/content/0/type").asString()).isEqualTo("text");
        assertThat(whole.at("/content/0/text").asString()).isNotEmpty();
        assertThat(whole.path("stop_reason").asString()).isEqualTo("end_turn");
        assertThat(whole.at("/usage/output_tokens").asLong()).isPositive();
        List<JsonNode> events = events("/v1/messages", asked + ", 'stream': true, 'thinking': {'type': 'enabled'}}");
        assertThat(types(events))
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.get(1).at("/content_block/type").asString()).isEqualTo("thinking");
        JsonNode cut = answer(
                "/v1/messages",
                asked + ", 'stop_sequences': ['" + firstWord(whole) + "'], 'metadata': {'user_id': 'a'}}");
        assertThat(cut.path("stop_reason").asString()).isIn("stop_sequence", "end_turn");
        assertThat(answer("/v1/messages/count_tokens", asked + "}")
                        .path("input_tokens")
                        .asInt())
                .isEqualTo(2);
        HttpResponse<String> wrong = post("/v1/messages", "{'model': 'claude', 'messages': []}");
        assertThat(wrong.statusCode()).isEqualTo(404);
        assertThat(Json.MAPPER.readTree(wrong.body()).at("/error/type").asString())
                .isEqualTo("not_found_error");
    }

    @Test
    void whatCannotBeCountedIsSaid() throws Exception {
        HttpResponse<String> failed = post(
                "/v1/messages/count_tokens",
                "{'model': 'default', 'max_tokens': 9, 'messages': [{'role': 'user', 'content': 'uncountable'}]}");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).contains("the script cannot count this").doesNotContain("internal error");
    }

    private static String firstWord(JsonNode whole) {
        return whole.at("/content/0/text").asString().strip().split("\\s")[0];
    }

    @Test
    void ollamasClientsAreAnswered() throws Exception {
        String asked =
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'how much'}], 'options': {'seed': 5}";
        List<JsonNode> lines = post("/api/chat", asked + ", 'think': true}")
                .body()
                .lines()
                .map(line -> (JsonNode) Json.MAPPER.readTree(line))
                .toList();
        JsonNode last = lines.get(lines.size() - 1);
        assertThat(last.path("done").asBoolean()).isTrue();
        assertThat(last.path("done_reason").asString()).isEqualTo("stop");
        assertThat(last.path("eval_count").asLong()).isPositive();
        String text = lines.stream()
                .map(line -> line.at("/message/content").asString(""))
                .collect(Collectors.joining());
        assertThat(lines.get(0).at("/message/thinking").asString()).startsWith("Searching with dvts");
        assertThat(answer("/api/chat", asked + ", 'stream': false}")
                        .at("/message/content")
                        .asString())
                .isEqualTo(text)
                .isNotEmpty();
        assertThat(answer("/api/generate", "{'model': 'scripted:latest', 'prompt': 'how much', 'stream': false}")
                        .path("response")
                        .asString())
                .isNotEmpty();
        assertThat(answer("/api/generate", "{'model': 'default'}")
                        .path("done_reason")
                        .asString())
                .isEqualTo("load");
        assertThat(answer("/api/show", "{'model': 'scripted'}")
                        .at("/model_info/espalier.context_length")
                        .asInt())
                .isEqualTo(ScriptedBackend.CONTEXT);
        assertThat(Json.MAPPER
                        .readTree(send("GET", "/api/tags", "").body())
                        .at("/models/0/name")
                        .asString())
                .isEqualTo("scripted");
        JsonNode running = Json.MAPPER.readTree(send("GET", "/api/ps", "").body());
        assertThat(running.at("/models/0/name").asString()).isEqualTo("scripted");
        assertThat(running.at("/models/0/size").asLong()).isEqualTo(7);
        HttpResponse<String> nowhere = post("/api/embed", "{}");
        assertThat(nowhere.statusCode()).isEqualTo(404);
        assertThat(Json.MAPPER.readTree(nowhere.body()).path("error").asString())
                .startsWith("there is nothing at this path");
        HttpResponse<String> batches = post("/v1/messages/batches", "{}");
        assertThat(Json.MAPPER.readTree(batches.body()).at("/error/type").asString())
                .isEqualTo("not_found_error");
        HttpResponse<String> wrong =
                post("/api/chat", "{'model': 'llama3', 'messages': [{'role': 'user', 'content': 'x'}]}");
        assertThat(wrong.statusCode()).isEqualTo(404);
        assertThat(Json.MAPPER.readTree(wrong.body()).path("error").asString()).contains("llama3", "scripted");
    }

    @Test
    void givenStepsAreScored() throws Exception {
        JsonNode scored = answer(
                "/v1/score",
                "{'problem': 'how much', 'solutions': ['first\\n\\nsecond', ['first', 'second'], ['other']]}"
                        .replace("\n", "\\n"));
        assertThat(scored.path("data")).hasSize(3);
        assertThat(scored.at("/data/0/scores")).hasSize(2).isEqualTo(scored.at("/data/1/scores"));
        assertThat(scored.at("/data/2/score").asDouble())
                .isEqualTo(scored.at("/data/2/scores/0").asDouble())
                .isBetween(0.0, 1.0);
        assertThat(answer("/v1/score", "{'problem': 'how much', 'steps': ['first', 'second']}")
                        .at("/data/0/scores"))
                .isEqualTo(scored.at("/data/0/scores"));
        JsonNode ranked = answer(
                "/v1/rerank",
                "{'query': 'how much', 'documents': ['a', {'text': 'b'}, 'c'], 'top_n': 2, 'return_documents': true}");
        assertThat(ranked.path("results")).hasSize(2);
        assertThat(ranked.at("/results/0/relevance_score").asDouble())
                .isGreaterThanOrEqualTo(ranked.at("/results/1/relevance_score").asDouble());
        assertThat(ranked.at("/results/0/document/text").asString()).isIn("a", "b", "c");
        assertThat(ranked.path("model").asString()).isEqualTo("scripted");
        assertThat(ranked.at("/usage/total_tokens").isIntegralNumber()).isTrue();
        for (String wrong : List.of(
                "{'problem': 'x'}",
                "{'problem': 'x', 'steps': []}",
                "{'problem': 'x', 'steps': ['', 'y']}",
                "{'problem': 'x', 'solutions': [5]}",
                "{'steps': ['y']}")) {
            assertThat(post("/v1/score", wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        backend.withoutJudge();
        HttpResponse<String> none = post("/v1/score", "{'problem': 'x', 'steps': ['y']}");
        assertThat(none.statusCode()).isEqualTo(400);
        assertThat(none.body()).contains("with a PRM");
    }

    private static String joined(JsonNode content) {
        return content.valueStream()
                .map(token -> token.path("token").asString())
                .collect(Collectors.joining());
    }

    private static void assertLikely(JsonNode content) {
        assertThat(content).isNotEmpty().allSatisfy(token -> {
            assertThat(token.path("logprob").asDouble()).isEqualTo(-1.5);
            assertThat(token.path("bytes"))
                    .hasSize(token.path("token").asString().length());
            assertThat(token.at("/top_logprobs/0/token").asString()).isEqualTo("<end>");
            assertThat(token.at("/top_logprobs/0/logprob").asDouble()).isEqualTo(-0.5);
            assertThat(token.at("/top_logprobs/1/token")).isEqualTo(token.path("token"));
        });
    }

    /** The chunks of a choice of OpenAI's stream. */
    private List<JsonNode> chunks(String path, String body) throws Exception {
        return post(path, body)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: {"))
                .map(line -> Json.MAPPER.readTree(line.substring("data: ".length())))
                .flatMap(chunk -> chunk.path("choices").valueStream())
                .toList();
    }

    @Test
    void theTokensOfAReplyAreTold() throws Exception {
        String asked = "'model': 'default', 'messages': [{'role': 'user', 'content': 'how much'}], 'seed': 3";
        JsonNode searched = answer(
                "/v1/chat/completions",
                "{" + asked
                        + ", 'logprobs': true, 'top_logprobs': 2, 'n': 3, 'espalier': {'method': 'best-of-n', 'n': 4}}");
        assertThat(searched.path("choices")).hasSize(3).allSatisfy(choice -> {
            JsonNode content = choice.at("/logprobs/content");
            assertThat(joined(content)).isEqualTo(choice.at("/message/content").asString());
            assertLikely(content);
        });
        JsonNode chosen = answer("/v1/chat/completions", "{" + asked + ", 'logprobs': true}");
        assertThat(joined(chosen.at("/choices/0/logprobs/content")))
                .as("of a tree search")
                .isEqualTo(chosen.at("/choices/0/message/content").asString());
        assertThat(chosen.at("/choices/0/logprobs/content/0/top_logprobs")).isEmpty();
        JsonNode untold = answer("/v1/chat/completions", "{" + asked + "}");
        assertThat(untold.at("/choices/0/logprobs").isNull()).isTrue();
        assertThat(untold.at("/choices/0/message/content"))
                .as("asking changes nothing")
                .isEqualTo(chosen.at("/choices/0/message/content"));
        String word =
                chosen.at("/choices/0/logprobs/content/1/token").asString().strip();
        JsonNode stopped = answer("/v1/chat/completions", "{" + asked + ", 'logprobs': true, 'stop': '" + word + "'}");
        assertThat(joined(stopped.at("/choices/0/logprobs/content")))
                .startsWith(stopped.at("/choices/0/message/content").asString());
        assertThat(stopped.at("/choices/0/logprobs/content").size())
                .isLessThan(chosen.at("/choices/0/logprobs/content").size());
    }

    @Test
    void theTokensOfAStreamAreToldWithItsText() throws Exception {
        String asked =
                "'model': 'default', 'messages': [{'role': 'user', 'content': 'how much'}], 'stream': true, 'seed': 3";
        for (String search : List.of("'greedy'", "'dvts'", "'best-of-n'")) {
            List<JsonNode> chunks = chunks(
                    "/v1/chat/completions",
                    "{" + asked + ", 'logprobs': true, 'top_logprobs': 2, 'espalier': {'method': " + search + "}}");
            List<JsonNode> told = chunks.stream()
                    .filter(choice -> choice.path("delta").has("content"))
                    .skip(1)
                    .toList();
            assertThat(told).isNotEmpty().allSatisfy(choice -> {
                assertLikely(choice.at("/logprobs/content"));
                assertThat(joined(choice.at("/logprobs/content")))
                        .isEqualTo(choice.at("/delta/content").asString());
            });
        }
    }

    @Test
    void theTokensOfACompletionAreTold() throws Exception {
        String asked = "'model': 'default', 'prompt': 'how much', 'seed': 3, 'espalier': {'method': 'greedy'}";
        JsonNode choice =
                answer("/v1/completions", "{" + asked + ", 'logprobs': 1}").at("/choices/0");
        JsonNode told = choice.path("logprobs");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < told.path("tokens").size(); i++) {
            String token = told.path("tokens").get(i).asString();
            assertThat(told.path("text_offset").get(i).asInt()).isEqualTo(text.length());
            assertThat(told.path("token_logprobs").get(i).asDouble()).isEqualTo(-1.5);
            assertThat(told.path("top_logprobs").get(i).path("<end>").asDouble())
                    .isEqualTo(-0.5);
            assertThat(told.path("top_logprobs").get(i).path(token).asDouble()).isEqualTo(-1.5);
            text.append(token);
        }
        assertThat(choice.path("text").asString()).isEqualTo(text.toString()).isNotEmpty();
        List<Integer> offsets = chunks("/v1/completions", "{" + asked + ", 'logprobs': 1, 'stream': true}").stream()
                .flatMap(chunk -> chunk.at("/logprobs/text_offset").valueStream())
                .map(JsonNode::asInt)
                .toList();
        assertThat(offsets.toString())
                .isEqualTo(told.path("text_offset").toString().replace(",", ", "));
    }

    @Test
    void theTokensOfOtherProtocolsAreTold() throws Exception {
        String included = "'include': ['message.output_text.logprobs'], 'top_logprobs': 2";
        JsonNode response = answer("/v1/responses", "{'model': 'default', 'input': 'how much', " + included + "}");
        JsonNode part = response.at("/output/0/content/0");
        assertLikely(part.path("logprobs"));
        assertThat(joined(part.path("logprobs"))).isEqualTo(part.path("text").asString());
        List<JsonNode> events =
                events("/v1/responses", "{'model': 'default', 'input': 'how much', 'stream': true, " + included + "}");
        assertThat(events.stream().filter(event -> event.path("type").asString().equals("response.output_text.delta")))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(joined(event.path("logprobs")))
                        .isEqualTo(event.path("delta").asString()));
        JsonNode chat = answer(
                "/api/chat",
                "{'model': 'default', 'messages': [{'role': 'user', 'content': 'how much'}], 'stream': false,"
                        + " 'logprobs': true, 'top_logprobs': 2}");
        assertLikely(chat.path("logprobs"));
        assertThat(joined(chat.path("logprobs")))
                .isEqualTo(chat.at("/message/content").asString());
    }

    @Test
    void aTextThatAModelCannotTakeIsRefused() throws Exception {
        for (HttpResponse<String> refused : List.of(
                post(
                        "/v1/chat/completions",
                        "{'model': 'default', 'messages': [{'role': 'user', 'content': 'endless'}]}"),
                post(
                        "/v1/completions",
                        "{'model': 'default', 'prompt': 'endless', 'echo': true, 'logprobs': 1, 'max_tokens': 0}"))) {
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
            assertThat(refused.body()).contains("cannot take endless texts").contains("context_length_exceeded");
        }
    }

    @Test
    void tokensAreToldInTheWordsOfVllmAndOfLlamaCpp() throws Exception {
        JsonNode vllm = answer("/tokenize", "{'model': 'default', 'prompt': 'añ', 'return_token_strs': true}");
        assertThat(vllm.path("tokens").toString()).isEqualTo("[256,97,195,177]");
        assertThat(vllm.path("count").asInt()).isEqualTo(4);
        assertThat(vllm.path("max_model_len").asInt()).isEqualTo(ScriptedBackend.CONTEXT);
        assertThat(vllm.at("/token_strs/0").asString()).isEqualTo("<s>");
        assertThat(answer("/v1/tokenize", "{'prompt': 'a', 'add_special_tokens': false}")
                        .path("tokens")
                        .toString())
                .isEqualTo("[97]");
        assertThat(answer("/tokenize", "{'content': 'a'}").path("tokens").toString())
                .isEqualTo("[97]");
        assertThat(answer("/tokenize", "{'content': 'a', 'add_special': true, 'with_pieces': true}")
                        .path("tokens")
                        .toString())
                .isEqualTo("[{\"id\":256,\"piece\":\"<s>\"},{\"id\":97,\"piece\":\"a\"}]");
        assertThat(answer("/tokenize", "{'content': '</s>'}").path("tokens").toString())
                .isEqualTo("[257]");
        assertThat(answer("/tokenize", "{'content': '</s>', 'parse_special': false}")
                        .path("count")
                        .asInt())
                .isEqualTo(4);
        assertThat(answer("/tokenize", "{'prompt': '<s>'}").path("tokens").toString())
                .isEqualTo("[256]");

        JsonNode text = answer("/detokenize", "{'tokens': [256, 97, 195, 177, 257]}");
        assertThat(text.path("prompt").asString()).isEqualTo("<s>añ</s>");
        assertThat(text.path("content")).isEqualTo(text.path("prompt"));

        JsonNode info = Json.MAPPER.readTree(send("GET", "/tokenizer_info", "").body());
        assertThat(info.path("eos_token").asString()).isEqualTo("</s>");
        assertThat(info.path("bos_token").asString()).isEqualTo("<s>");
        assertThat(info.path("chat_template").asString()).isEqualTo("{{ messages }}");

        for (String wrong : List.of("{}", "{'prompt': 5}", "{'prompt': 'a', 'content': 'b'}", "{'content': null}")) {
            assertThat(post("/tokenize", wrong).statusCode()).as(wrong).isEqualTo(400);
        }
        for (String wrong :
                List.of("{}", "{'tokens': 'a'}", "{'tokens': [258]}", "{'tokens': [-1]}", "{'tokens': [1.5]}")) {
            assertThat(post("/detokenize", wrong).statusCode()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void aPromptOfTokensIsTheTextThatTheyStandFor() throws Exception {
        for (String prompt : List.of("[104,111,119]", "[[104,111,119]]")) {
            answer("/v1/completions", "{'model': 'default@greedy', 'prompt': " + prompt + "}");
            assertThat(backend.asked()).last().isEqualTo("how");
        }
        HttpResponse<String> refused = post("/v1/completions", "{'model': 'default@greedy', 'prompt': [999]}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("no token 999");
    }

    @Test
    void givenTextsAreScoredTokenByToken() throws Exception {
        JsonNode scored = answer(
                "/v1/completions",
                "{'model': 'default', 'prompt': ['one two', [7, 8, 9]], 'echo': true, 'logprobs': 1, 'max_tokens': 1}");
        JsonNode text = scored.at("/choices/0");
        assertThat(text.path("text").asString()).isEqualTo("one two end");
        assertThat(text.at("/logprobs/tokens").toString()).isEqualTo("[\"one\",\" two\",\" end\"]");
        assertThat(text.at("/logprobs/token_logprobs").toString()).isEqualTo("[null,-0.5,-1.0]");
        assertThat(text.at("/logprobs/top_logprobs").toString()).isEqualTo("[null,{\" two\":-0.5},{\" end\":-1.0}]");
        assertThat(text.at("/logprobs/text_offset").toString()).isEqualTo("[0,3,7]");
        assertThat(scored.at("/choices/1/logprobs/tokens")).hasSize(4);
        assertThat(scored.at("/usage/prompt_tokens").asInt()).isEqualTo(5);
        assertThat(scored.at("/usage/completion_tokens").asInt()).isEqualTo(2);
        assertThat(answer(
                                "/v1/completions",
                                "{'model': 'default', 'prompt': 'x', 'echo': true, 'logprobs': 1, 'max_tokens': 0,"
                                        + " 'temperature': 0, 'seed': 1, 'best_of': 1, 'user': 'u', 'more': 2}")
                        .at("/espalier/ignored")
                        .toString())
                .isEqualTo("[\"temperature\",\"seed\",\"more\"]");
        for (String wrong : List.of(
                "'logprobs': 2",
                "'logprobs': 1",
                "'logprobs': 1, 'max_tokens': 5",
                "'logprobs': 1, 'max_tokens': 0, 'n': 2",
                "'logprobs': 1, 'max_tokens': 0, 'suffix': 'y'",
                "'logprobs': 1, 'max_tokens': 0, 'mirostat': 2")) {
            assertThat(post("/v1/completions", "{'model': 'default', 'prompt': 'x', 'echo': true, " + wrong + "}")
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
    }
}
