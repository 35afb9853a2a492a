package org.espalier.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.espalier.model.ChatMessage;
import org.junit.jupiter.api.Test;

class ThinkingTest {
    /** The ends of the models' own templates, shortened before the reply's header. */
    private static final String QWEN3 = """
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
                {%- if enable_thinking is defined and enable_thinking is false %}
                    {{- '<think>\\n\\n</think>\\n\\n' }}
                {%- endif %}
            {%- endif %}""";

    private static final String SMOLLM3 = """
            {%- if add_generation_prompt -%}
              {%- if reasoning_mode == "/think" -%}
                {{ "<|im_start|>assistant\\n" }}
              {%- elif reasoning_mode == "/no_think" -%}
                {{ "<|im_start|>assistant\\n" + "<think>\\n\\n</think>\\n" }}
              {%- endif -%}
            {%- endif -%}""";

    private static final String R1 =
            "{% if add_generation_prompt and not ns.is_tool %}{{'<\uff5cAssistant\uff5c><think>\\n'}}{% endif %}";

    private static final String INSTRUCT_2507 = """
            {%- if '</think>' in content %}{%- set content = content.split('</think>')[-1] %}{%- endif %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
            {%- endif %}""";

    private static final List<ChatMessage> ASKED = List.of(ChatMessage.user("2 + 2?"));

    @Test
    void aTemplateThatMarksThinkingInItsReplyIsOfAModelThatThinks() {
        assertThat(Thinking.of(QWEN3)).contains(new Thinking("<think>", "</think>", "<think>\n\n</think>\n\n"));
        assertThat(Thinking.of(SMOLLM3)).contains(new Thinking("<think>", "</think>", "<think>\n\n</think>\n"));
        assertThat(Thinking.of(R1)).contains(new Thinking("<think>", "</think>", "<think>\n\n</think>\n\n"));
    }

    @Test
    void aTemplateThatOnlyCleansEarlierTurnsIsNot() {
        assertThat(Thinking.of(INSTRUCT_2507)).isEmpty();
        assertThat(Thinking.of("{{ messages }}<think>")).isEmpty();
        assertThat(Thinking.of(null)).isEmpty();
    }

    @Test
    void aTemplateOfManyLineEndsTakesNoStack() {
        String ends = "\n".repeat(200_000);
        String template = "{%- if add_generation_prompt %}<think>" + ends + "</think>" + ends;
        assertThat(Thinking.of(template).orElseThrow().none()).isEqualTo("<think>" + ends + "</think>" + ends);
    }

    @Test
    void onlySomeTemplatesBeginTheThinkingThemselves() {
        assertThat(Thinking.replyOpening(R1)).isEqualTo("<think>\n");
        assertThat(Thinking.replyOpening(QWEN3)).isEmpty();
        assertThat(Thinking.replyOpening(SMOLLM3)).isEmpty();
        assertThat(Thinking.replyOpening(null)).isEmpty();
    }

    @Test
    void aReplyBeginsAfterNoThoughtOrWithinOne() {
        Thinking thinking = Thinking.of(QWEN3).orElseThrow();
        String asked = "<|im_start|>user\n2 + 2?<|im_end|>\n";
        assertThat(thinking.off(ChatTemplate.CHATML).render(ASKED, true))
                .isEqualTo(asked + "<|im_start|>assistant\n<think>\n\n</think>\n\n");
        assertThat(thinking.on(ChatTemplate.CHATML).render(ASKED, true))
                .isEqualTo(asked + "<|im_start|>assistant\n<think>\n");
        assertThat(thinking.on(ChatTemplate.CHATML).render(ASKED, false)).isEqualTo(asked);
    }
}
