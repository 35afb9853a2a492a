package org.espalier.structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.espalier.model.Answer;
import org.espalier.model.AnswerReader;
import org.espalier.model.UsageException;
import org.espalier.structure.ToolForm.Call;
import org.espalier.structure.ToolForm.Choice;
import org.espalier.structure.ToolForm.Tool;
import org.junit.jupiter.api.Test;

class ToolFormTest {
    private static final List<Tool> TOOLS = List.of(
            new Tool(
                    "weather",
                    "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"days\":{\"type\":\"integer\"}},"
                            + "\"required\":[\"city\"]}"),
            new Tool("now", null));
    private static final AnswerReader TEXT = reply -> Optional.of(new Answer(reply, "text " + reply, false));

    private static String call(String json) {
        return "<tool_call>\n" + json + "\n</tool_call>";
    }

    @Test
    void callsVoteByNameAndCanonicalArguments() {
        ToolForm form = ToolForm.of(TOOLS, Choice.AUTO, true);
        String one = call("{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\", \"days\": 2}}");
        String other = "I look.\n" + call("{\"name\":\"weather\",\"arguments\":{ \"days\":2.0,\"city\":\"Rome\"}}");
        assertThat(form.over(TEXT).read(one).orElseThrow().key())
                .isEqualTo(form.over(TEXT).read(other).orElseThrow().key());
        assertThat(form.calls(other)).containsExactly(new Call("weather", "{\"days\":2.0,\"city\":\"Rome\"}"));
        assertThat(ToolForm.said(other)).isEqualTo("I look.");
        assertThat(form.calls(one + "\n" + call("{\"name\": \"now\", \"arguments\": {}}")))
                .hasSize(2);
    }

    @Test
    void whatIsNotOfItsSchemaIsNoCall() {
        ToolForm form = ToolForm.of(TOOLS, Choice.AUTO, true);
        for (String wrong : List.of(
                call("{\"name\": \"weather\", \"arguments\": {\"days\": 2}}"),
                call("{\"name\": \"other\", \"arguments\": {}}"),
                call("{\"name\": \"weather\"}"),
                "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}")) {
            assertThat(form.over(TEXT).read(wrong)).isEmpty();
            assertThat(form.calls(wrong)).isEmpty();
        }
    }

    @Test
    void wholeCallsStandWhereALimitCutsTheNextOne() {
        ToolForm form = ToolForm.of(TOOLS, Choice.REQUIRED, true);
        String whole = call("{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}");
        String cut = whole + "\n<tool_call>\n{\"name\": \"weather\", \"argu";
        assertThat(form.standsCut(cut)).isTrue();
        assertThat(form.calls(cut)).containsExactly(new Call("weather", "{\"city\":\"Rome\"}"));
        assertThat(form.read(cut)).isEqualTo(form.read(whole));
        assertThat(form.standsCut("<tool_call>\n{\"name\": \"weather\", \"argu"))
                .isFalse();
        assertThat(form.standsCut("Rome is")).isFalse();
    }

    @Test
    void textIsAnAnswerOnlyWhereNoCallIsRequired() {
        assertThat(ToolForm.of(TOOLS, Choice.AUTO, true).over(TEXT).read("four"))
                .contains(new Answer("four", "text four", false));
        assertThat(ToolForm.of(TOOLS, Choice.REQUIRED, true).over(TEXT).read("four"))
                .isEmpty();
    }

    @Test
    void toolsThatCannotBeAreRefused() {
        for (List<Tool> tools : List.of(
                List.of(new Tool("a b", null)),
                List.of(new Tool("a", null), new Tool("a", null)),
                List.of(new Tool("a", "{\"type\": \"thing\"}")),
                List.of(new Tool("a", "nonsense")))) {
            assertThatThrownBy(() -> ToolForm.of(tools, Choice.AUTO, true)).isInstanceOf(UsageException.class);
        }
    }
}
