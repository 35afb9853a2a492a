package org.espalier.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.espalier.model.UsageException;
import org.espalier.prompt.ChatRequest;
import org.espalier.prompt.Fragment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JinjaTemplateIT {
    private static final String TURNS =
            "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";

    private static JinjaTemplate template(String text) {
        return new JinjaTemplate(
                new JinjaTemplate.Source("m.gguf", text, null, Map.of("bos_token", "<s>", "eos_token", "</s>"), "<s>"));
    }

    private static String rendered(String template, ChatMessage... messages) {
        return template(template).render(List.of(messages), true);
    }

    @Test
    void anInstructionThatIsRefusedIsToldWithTheUsersWords() {
        String strict = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + TURNS;
        assertThat(rendered(strict, ChatMessage.system("Be brief."), ChatMessage.user("2 + 2?")))
                .isEqualTo("<|user|>Be brief.\n\n2 + 2?<|end|><|assistant|>");
    }

    @Test
    void aTemplateThatForgetsInstructionsIsToldWithTheUsersWordsToo() {
        String deaf = TURNS.replace("in messages", "in messages if m.role != 'system'");
        assertThat(rendered(deaf, ChatMessage.system("Be brief."), ChatMessage.user("2 + 2?")))
                .isEqualTo("<|user|>Be brief.\n\n2 + 2?<|end|><|assistant|>");
    }

    @Test
    void instructionsInBetweenMoveToTheFrontWhereTheyMustBe() {
        String first = "{% for m in messages %}{% if m.role == 'system' and not loop.first %}"
                + "{{ raise_exception('system first') }}{% endif %}{% endfor %}" + TURNS;
        assertThat(rendered(
                        first,
                        ChatMessage.user("1 + 1?"),
                        ChatMessage.assistant("2"),
                        new ChatMessage("developer", "Rhyme."),
                        ChatMessage.user("2 + 2?")))
                .isEqualTo("<|system|>Rhyme.<|end|><|user|>1 + 1?<|end|><|assistant|>2<|end|><|user|>2 + 2?<|end|>"
                        + "<|assistant|>");
    }

    @Test
    void contentsAreListsOfPartsWhereTheyMustBe() {
        String parts = "{% for m in messages %}{% for part in m.content %}{{ part.text }}{% endfor %}{% endfor %}";
        assertThat(rendered(parts, ChatMessage.user("2 + 2?"))).isEqualTo("2 + 2?");
    }

    @Test
    void argumentsAreTextWhereTheyMustBe() {
        String text =
                "{% for m in messages %}{{ m.content }}{% for c in m.tool_calls %}{{ '!' + c.function.arguments }}"
                        + "{% endfor %}{% endfor %}";
        ToolCall call = new ToolCall("c", "f", Map.of("a", List.of(1, true)));
        assertThat(rendered(
                        text,
                        ChatMessage.user("Go."),
                        new ChatMessage("assistant", "", null, List.of(call), null, null),
                        ChatMessage.tool("c", "done")))
                .isEqualTo("Go.!{\"a\":[1,true]}done");
    }

    @Test
    void theTokenThatBeginsATextIsLeftToTheTokenizer() {
        assertThat(rendered("{{ bos_token }}" + TURNS, ChatMessage.user("<s>")))
                .isEqualTo("<|user|><s><|end|><|assistant|>");
        assertThat(rendered("{{ messages[0].content }}", ChatMessage.user("<s>")))
                .isEqualTo("<s>");
    }

    @Test
    void theTimeAndVariablesAreTold() {
        ChatRequest request = new ChatRequest(
                List.of(ChatMessage.user("x")),
                List.of(),
                true,
                Map.of("enable_thinking", false),
                Instant.parse("2026-11-30T12:00:00Z"));
        String told =
                "{{ strftime_now('%Y-%m') }}{% if enable_thinking is false %} no{% endif %}{{ messages[0].content }}";
        assertThat(template(told).pieces(request))
                .containsExactly(new Fragment("2026-11 no", true), new Fragment("x", false));
    }

    @Test
    void aConversationThatIsNotTakenEndsInOneLine() {
        String alternating =
                "{% if messages | length > 1 %}{{ raise_exception('turns must\nalternate') }}{% endif %}" + TURNS;
        assertThatThrownBy(() -> rendered(alternating, ChatMessage.user("a"), ChatMessage.user("b")))
                .isInstanceOf(UsageException.class)
                .hasMessage("the chat template of m.gguf does not take this conversation: turns must alternate");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no turns",
                "{% for",
                "{{ nothing | nothing }}",
                "{% for a in range(1000000000) %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{{ 'a' * 100000000000 }}",
                "{{ raise_exception('never') }}"
            })
    void aTemplateThatCannotBeUsedSaysWhyInOneLine(String text) {
        assertThat(template(text).fault())
                .hasValueSatisfying(fault -> assertThat(fault).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void numbersAndNestedValuesArrive() {
        String told = "{{ v | tojson }}{{ messages[0].content }}";
        ChatRequest request = new ChatRequest(
                List.of(ChatMessage.user("x")),
                List.of(),
                false,
                Map.of("v", List.of(1, -2L, 0.5, true, "é\uD83C\uDF33", List.of(), Map.of("k", "w"))),
                null);
        assertThat(template(told).pieces(request).get(0))
                .isEqualTo(new Fragment("[1, -2, 0.5, true, \"é\uD83C\uDF33\", [], {\"k\": \"w\"}]", true));
    }
}
