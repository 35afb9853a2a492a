package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class InputItemsTest {
    private static JsonNode json(String text) {
        return Json.MAPPER.readTree(text.replace('\'', '"'));
    }

    private static final List<ObjectNode> FIVE = IntStream.range(0, 5)
            .mapToObj(i -> Json.MAPPER.createObjectNode().put("id", "msg_" + i))
            .toList();

    private static ObjectNode page(String query) {
        return InputItems.page(
                FIVE,
                Query.of(
                        URI.create("http://h/v1/responses/r/input_items?" + query),
                        Set.of("after", "limit", "order"),
                        Set.of("include")));
    }

    @Test
    void aTextIsTheUsersMessage() {
        List<ObjectNode> items = InputItems.of(json("'how much'"));
        assertThat(items).hasSize(1);
        assertThat(items.get(0).remove("id").asString()).startsWith("msg_");
        assertThat(items.get(0)).isEqualTo(json("""
                {'type': 'message', 'status': 'completed', 'role': 'user',
                'content': [{'type': 'input_text', 'text': 'how much'}]}"""));
    }

    @Test
    void itemsKeepTheirIdsAndGetThemOtherwise() {
        List<ObjectNode> items = InputItems.of(json("""
                [{'role': 'assistant', 'content': 'five'},
                {'type': 'message', 'id': 'msg_own', 'role': 'user', 'content': [{'type': 'input_text', 'text': 'x'}]},
                {'type': 'function_call', 'call_id': 'c', 'name': 'add', 'arguments': '{}'},
                {'type': 'function_call_output', 'call_id': 'c', 'output': '5'}]"""));
        assertThat(items)
                .extracting(item -> item.path("type").asString())
                .containsExactly("message", "message", "function_call", "function_call_output");
        assertThat(items.get(0).at("/content/0/type").asString()).isEqualTo("output_text");
        assertThat(items.get(1).path("id").asString()).isEqualTo("msg_own");
        assertThat(items.get(1).at("/content/0/text").asString()).isEqualTo("x");
        assertThat(items.get(2).path("id").asString()).startsWith("fc_");
        assertThat(items.get(3).path("id").asString()).startsWith("fco_");
        assertThat(items.get(3).path("output").asString()).isEqualTo("5");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 43210, false",
        "order=asc, 01234, false",
        "limit=2, 43, true",
        "limit=2&after=msg_3, 21, true",
        "limit=2&after=msg_1&include[]=a&include[]=b, 0, false",
        "order=asc&after=msg_4, '', false",
    })
    void aPageHasWhatIsAskedFor(String query, String ids, boolean more) {
        ObjectNode page = page(query);
        StringBuilder listed = new StringBuilder();
        page.path("data")
                .forEach(item -> listed.append(item.path("id").asString().substring(4)));
        assertThat(listed).hasToString(ids);
        assertThat(page.path("has_more").asBoolean()).isEqualTo(more);
        assertThat(page.path("object").asString()).isEqualTo("list");
        if (ids.isEmpty()) {
            assertThat(page.path("first_id").isNull()).isTrue();
        } else {
            assertThat(page.path("first_id").asString()).isEqualTo("msg_" + ids.charAt(0));
            assertThat(page.path("last_id").asString()).isEqualTo("msg_" + ids.charAt(ids.length() - 1));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit",
        "limit=101, limit",
        "order=up, order",
        "after=msg_9, after",
        "limit=1&limit=2, twice",
        "before=msg_1, after"
    })
    void whatCannotBeListedIsSaid(String query, String word) {
        assertThatThrownBy(() -> page(query)).hasMessageContaining(word);
    }
}
