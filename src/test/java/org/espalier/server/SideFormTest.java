package org.espalier.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.espalier.model.ReplyForm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SideFormTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            JSON format: { "title": "your concise title here" }                | {"title":"A"}   | {"tags":["A"]}
            JSON format: { "tags": ["tag1", "tag2"] }                          | {"tags":["A"]}  | {"tags":[]}
            Strictly return in JSON format: { "queries": ["query1"] } and more | {"queries":["A","B"]} | {"queries":"A"}
            """)
    void theFormThatATemplateShowsIsKept(String output, String right, String wrong) {
        ReplyForm form = SideForm.of("### Task:\nGenerate a title for the chat.\n### Output:\n" + output);
        assertThat(form).isNotNull();
        assertThat(form.read(right)).isPresent();
        assertThat(form.read(wrong)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Generate a title for this conversation.",
                "JSON format: { \"title\": 5 }",
                "JSON format: { \"title\": \"x\", }",
                "JSON format: {}",
            })
    void whereNoneIsShownTheReplyIsFree(String text) {
        assertThat(SideForm.of(text)).isNull();
    }
}
