package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.espalier.search.Usage;
import org.espalier.structure.ToolForm.Call;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** How calls of tools are told in each protocol, as a whole and in a stream. */
class CalledToolsTest {
    private static final String ARGUMENTS = "{\"a\":[1,2.50]}";
    private static final List<Call> CALLS = List.of(new Call("add", ARGUMENTS), new Call("g", "{}"));

    private static Finished answer(String text) {
        return new Finished(
                List.of(new Choice(null, 0, text, true, null, CALLS)),
                new Usage(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                0,
                Json.MAPPER.createObjectNode(),
                null);
    }

    private static JsonNode whole(AnswerFormat format, String text) {
        return Json.MAPPER.readTree(Json.bytes(format.whole(answer(text))));
    }

    /** The pieces after the first ones, as the client reads them. */
    private static List<JsonNode> stream(AnswerFormat format, String text) {
        List<StreamPiece> pieces = new ArrayList<>(format.think("Hm"));
        if (!text.isEmpty()) {
            pieces.addAll(format.write(0, text, null));
        }
        pieces.addAll(format.end(answer(text)));
        return pieces.stream()
                .map(piece -> (JsonNode) Json.MAPPER.readTree(Json.bytes(piece.data())))
                .toList();
    }

    private static List<String> all(List<JsonNode> pieces, String pointer) {
        return pieces.stream()
                .map(piece -> piece.at(pointer))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();
    }

    private static ResponsesFormat responses(List<JsonNode> kept) {
        return new ResponsesFormat(
                Json.object("{\"input\":\"x\"}".getBytes(StandardCharsets.UTF_8)), "default", kept::add);
    }

    @Test
    void aResponseHasAnItemForEachCall() {
        List<JsonNode> kept = new ArrayList<>();
        JsonNode alone = whole(responses(kept), "").path("output");
        assertThat(alone).hasSize(2);
        assertThat(alone.at("/0/type").asString()).isEqualTo("function_call");
        assertThat(alone.at("/0/name").asString()).isEqualTo("add");
        assertThat(alone.at("/0/arguments").asString()).isEqualTo(ARGUMENTS);
        assertThat(alone.at("/0/call_id").asString())
                .startsWith("call_")
                .isNotEqualTo(alone.at("/1/call_id").asString());
        assertThat(whole(responses(kept), "I add.")
                        .at("/output/0/content/0/text")
                        .asString())
                .isEqualTo("I add.");
        List<JsonNode> events = stream(responses(kept), "");
        assertThat(all(events, "/type"))
                .containsExactly(
                        "response.output_item.added",
                        "response.reasoning_summary_part.added",
                        "response.reasoning_summary_text.delta",
                        "response.reasoning_summary_text.done",
                        "response.reasoning_summary_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(all(events, "/delta")).containsExactly("Hm", ARGUMENTS, "{}");
        assertThat(events.get(9).path("item")).isEqualTo(events.get(14).at("/response/output/1"));
        assertThat(events.get(13).path("output_index").asInt()).isEqualTo(2);
        assertThat(kept).hasSize(3);
        List<String> spoken = all(stream(responses(kept), "I add."), "/type");
        assertThat(spoken).contains("response.output_text.done", "response.function_call_arguments.done");
    }

    @Test
    void anthropicsMessageHasABlockForEachCall() {
        JsonNode alone = whole(new MessagesFormat("default"), "");
        assertThat(alone.path("stop_reason").asString()).isEqualTo("tool_use");
        assertThat(alone.path("content")).hasSize(2);
        assertThat(alone.at("/content/0/type").asString()).isEqualTo("tool_use");
        assertThat(alone.at("/content/0/id").asString()).startsWith("toolu_");
        assertThat(alone.at("/content/0/name").asString()).isEqualTo("add");
        assertThat(alone.at("/content/0/input").toString()).isEqualTo("{\"a\":[1,2.5]}");
        assertThat(whole(new MessagesFormat("default"), "I add.")
                        .at("/content/0/text")
                        .asString())
                .isEqualTo("I add.");
        List<JsonNode> events = stream(new MessagesFormat("default"), "I add.");
        assertThat(all(events, "/content_block/type")).containsExactly("thinking", "text", "tool_use", "tool_use");
        assertThat(all(events, "/delta/partial_json")).containsExactly(ARGUMENTS, "{}");
        assertThat(all(events, "/delta/stop_reason")).containsExactly("tool_use");
        List<Integer> stopped = events.stream()
                .filter(event -> event.path("type").asString().equals("content_block_stop"))
                .map(event -> event.path("index").asInt())
                .toList();
        assertThat(stopped).containsExactly(0, 1, 2, 3);
        assertThat(all(stream(new MessagesFormat("default"), ""), "/content_block/type"))
                .containsExactly("thinking", "tool_use", "tool_use");
    }

    @Test
    void ollamasMessageHasTheCalls() {
        JsonNode alone = whole(new OllamaFormat("default", true), "");
        assertThat(alone.path("done_reason").asString()).isEqualTo("stop");
        assertThat(alone.at("/message/tool_calls/0/function/name").asString()).isEqualTo("add");
        assertThat(alone.at("/message/tool_calls/0/function/arguments").toString())
                .isEqualTo("{\"a\":[1,2.5]}");
        List<JsonNode> lines = stream(new OllamaFormat("default", true), "I add.");
        assertThat(all(lines, "/message/tool_calls/1/function/name")).containsExactly("g");
        JsonNode last = lines.get(lines.size() - 1);
        assertThat(last.path("done").asBoolean()).isTrue();
        assertThat(last.at("/message/tool_calls").isMissingNode()).isTrue();
    }
}
