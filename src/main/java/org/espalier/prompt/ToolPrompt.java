package org.espalier.prompt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.model.ChatMessage;
import org.espalier.model.ChatMessage.ToolCall;
import org.espalier.model.UsageException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells a model of its tools. A chat template that writes them as Hermes and Qwen do, with calls in {@value #CALL}, does so
 * itself. For any other they are described in the instruction, in that very form, and calls and results of earlier turns
 * are written as text.
 */
final class ToolPrompt {
    private static final String CALL = "<tool_call>";
    private static final JsonMapper JSON = new JsonMapper();

    private static final String INTRODUCTION = """
            You may call functions to help with what the user asks. The functions, as JSON:
            <tools>
            %s
            </tools>

            To call a function, write its name and arguments as JSON within these marks:
            <tool_call>
            {"name": "function name", "arguments": {"argument": "value"}}
            </tool_call>
            The results come back within <tool_response></tool_response>.""";

    private ToolPrompt() {}

    static List<Fragment> pieces(ChatTemplate template, ChatRequest request) {
        try {
            List<Fragment> own = template.pieces(request);
            if (Fragment.join(own).contains(CALL)) {
                return own;
            }
        } catch (UsageException | IllegalArgumentException e) {
            // It has no place for tools, or none for such turns.
        }
        return template.pieces(described(request));
    }

    private static ChatRequest described(ChatRequest request) {
        List<String> tools =
                request.tools().stream().map(JSON::writeValueAsString).toList();
        String introduction = INTRODUCTION.formatted(String.join("\n", tools));
        List<ChatMessage> turns = new ArrayList<>();
        for (ChatMessage message : request.messages()) {
            if (message.role().equals("tool")) {
                addResult(turns, message.content());
            } else {
                turns.add(withCalls(message));
            }
        }
        boolean instructed = !turns.isEmpty() && turns.get(0).instructs();
        if (instructed) {
            turns.set(0, turns.get(0).withContent(turns.get(0).content() + "\n\n" + introduction));
        } else {
            turns.add(0, ChatMessage.system(introduction));
        }
        return new ChatRequest(turns, List.of(), request.openReply(), request.variables(), request.now());
    }

    /** Results that follow each other are one turn: many templates want the roles in turn. */
    private static void addResult(List<ChatMessage> turns, String content) {
        String result = "<tool_response>\n" + content + "\n</tool_response>";
        int last = turns.size() - 1;
        boolean together = last >= 0 && turns.get(last).content().endsWith("</tool_response>");
        if (together) {
            turns.set(last, turns.get(last).withContent(turns.get(last).content() + "\n" + result));
        } else {
            turns.add(ChatMessage.user(result));
        }
    }

    private static ChatMessage withCalls(ChatMessage message) {
        if (message.calls().isEmpty()) {
            return message;
        }
        StringBuilder text = new StringBuilder(message.content());
        for (ToolCall call : message.calls()) {
            Map<String, @Nullable Object> said = new LinkedHashMap<>();
            said.put("name", call.name());
            said.put("arguments", call.arguments());
            text.append(text.isEmpty() ? "" : "\n")
                    .append(CALL + "\n")
                    .append(JSON.writeValueAsString(said))
                    .append("\n</tool_call>");
        }
        return ChatMessage.assistant(text.toString());
    }
}
