package org.espalier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.espalier.model.Budget;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.espalier.model.Problem;
import org.espalier.search.SearchConfig;
import org.espalier.search.SearchMethod;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class RemoteSolverTest {
    @Test
    void theServerIsToldTheWholeConversation() {
        ToolCall call = new ToolCall("c", "f", Map.of("a", 1));
        Problem problem = Problem.of("And 2 + 2?")
                .after(List.of(ChatMessage.user("1 + 1?"), ChatMessage.assistant("2")))
                .before(List.of(
                        new ChatMessage("assistant", "", null, List.of(call), null, null), ChatMessage.tool("c", "4")));
        JsonNode body = RemoteSolver.request(
                "other", problem, SearchMethod.GREEDY, SearchConfig.builder().build(), Budget.UNLIMITED, "Be brief.");
        assertThat(body.get("model").asString()).isEqualTo("other");
        assertThat(body.get("messages").toString().replace('"', '\''))
                .isEqualTo("[{'role':'system','content':'Be brief.'},{'role':'user','content':'1 + 1?'},"
                        + "{'role':'assistant','content':'2'},{'role':'user','content':'And 2 + 2?'},"
                        + "{'role':'assistant','content':'','tool_calls':[{'type':'function','id':'c',"
                        + "'function':{'name':'f','arguments':{'a':1}}}]},"
                        + "{'role':'tool','content':'4','tool_call_id':'c'}]");
    }
}
